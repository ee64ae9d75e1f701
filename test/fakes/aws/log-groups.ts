import type { Call } from './failure.ts';

/** Log groups with their retention, one a page as in an account with many. */
export class FakeLogGroups {
  readonly days = new Map<string, number | undefined>();

  answer({ action, input }: Call): unknown {
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
}
