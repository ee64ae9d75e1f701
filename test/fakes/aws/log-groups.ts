import { type Call, Failure } from './failure.ts';

/** Log groups with their retention, one per page as in an account with many. */
export class FakeLogGroups {
  readonly days = new Map<string, number | undefined>();
  /** The number of creations that conflict with another one. */
  conflicts = 0;

  answer({ action, input }: Call): unknown {
    if (action === 'CreateLogGroup') return this.#create(String(input.logGroupName));
    if (action === 'PutRetentionPolicy') {
      this.days.set(String(input.logGroupName), Number(input.retentionInDays));
      return {};
    }
    const found = [...this.days].filter(([name]) => name.startsWith(String(input.logGroupNamePrefix)));
    const at = Number(input.nextToken ?? 0);
    const logGroups = found
      .slice(at, at + 1)
      .map(([logGroupName, retentionInDays]) => ({ logGroupName, retentionInDays }));
    return at + 1 < found.length ? { logGroups, nextToken: String(at + 1) } : { logGroups };
  }

  #create(name: string): unknown {
    if (this.conflicts > 0) {
      this.conflicts -= 1;
      throw new Failure('OperationAbortedException', 'another request is creating it');
    }
    if (this.days.has(name)) throw new Failure('ResourceAlreadyExistsException', 'it exists');
    this.days.set(name, undefined);
    return {};
  }
}
