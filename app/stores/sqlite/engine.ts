import type { DatabaseSync } from 'node:sqlite';
import { LeaseLost, Unavailable } from '../../domain/errors.ts';
import type { Lease } from '../../ports/store.ts';
import { type Arrivals, arrivals } from './arrivals.ts';
import { DamagedRow } from './checksums.ts';
import { costs } from './costs.ts';
import { inbox } from './inbox.ts';
import { maintenance } from './maintenance.ts';
import { operations } from './operations.ts';
import { prepareStatements } from './statements.ts';
import { turns } from './turns.ts';

/** The methods of the store as functions of the time and their arguments, called inside a transaction. */
function operationsOn(database: DatabaseSync, arrived: Arrivals) {
  const statements = prepareStatements(database);
  return {
    ...inbox(database, arrived, statements),
    ...turns(database, statements),
    ...maintenance(database, statements),
    ...operations(database, statements),
    ...costs(database),
  };
}

type Operations = ReturnType<typeof operationsOn>;
export type OperationName = keyof Operations;
export type Arguments<Name extends OperationName> = Operations[Name] extends (
  now: number,
  ...rest: infer Rest
) => unknown
  ? Rest
  : never;
export type Result<Name extends OperationName> = ReturnType<Operations[Name]>;

/** One call of the store. Plain data, since it is sent to another thread. */
export interface Call {
  readonly name: OperationName;
  readonly now: number;
  readonly values: readonly unknown[];
}

export type Outcome =
  | { readonly done: unknown }
  | { readonly failed: 'LeaseLost' | 'Unavailable' | 'Damaged' | 'Error'; readonly message: string };

/** These read no waiting messages, so new messages need not be indexed before them. */
const READS_NO_MESSAGES: ReadonlySet<OperationName> = new Set([
  'accept',
  'recordStatuses',
  'renew',
  'remember',
  'writeReply',
  'quoted',
  'markSending',
  'markSent',
  'markUnsent',
  'parts',
  'release',
  'giveUp',
  'costs',
  'tokens',
  'ready',
]);

/** These delete messages and their ids. */
const DELETES_MESSAGES: ReadonlySet<OperationName> = new Set(['forgetOld', 'erase']);

/**
 * Runs calls in one transaction, so that many deliveries share one wait for the disk. The outcomes come in the order
 * of the calls, and only once the commit has returned.
 */
export function createEngine(database: DatabaseSync): (calls: readonly Call[]) => Outcome[] {
  const arrived = arrivals(database);
  const methods = operationsOn(database, arrived) as unknown as Record<
    OperationName,
    (now: number, ...values: readonly unknown[]) => unknown
  >;

  function indexFor(name: OperationName, values: readonly unknown[]): void {
    if (READS_NO_MESSAGES.has(name)) return;
    if (name === 'claim') arrived.indexConversation(...(values as Parameters<Arrivals['indexConversation']>));
    else if (name === 'finish') arrived.indexConversation((values as [Lease])[0].conversation);
    else if (DELETES_MESSAGES.has(name)) arrived.index();
    else arrived.indexWaiting();
  }

  function perform({ name, now, values }: Call): Outcome {
    try {
      indexFor(name, values);
      return { done: methods[name](now, ...values) };
    } catch (error) {
      // Thrown before any write, so the other calls of this transaction stay valid.
      if (error instanceof LeaseLost) return { failed: 'LeaseLost', message: error.message };
      throw error;
    }
  }

  function inOneTransaction(calls: readonly Call[]): Outcome[] {
    database.exec('BEGIN IMMEDIATE');
    try {
      arrived.begin();
      const outcomes = calls.map(perform);
      arrived.end();
      database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      arrived.invalidate();
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  return function run(calls: readonly Call[]): Outcome[] {
    try {
      return inOneTransaction(calls);
    } catch (error) {
      const failure = describe(error);
      // One failing call must not fail the other calls.
      if (failure.failed !== 'Unavailable' && calls.length > 1) return calls.flatMap((call) => run([call]));
      return calls.map(() => failure);
    }
  };
}

/** Primary result codes after which the same call may succeed later: https://www.sqlite.org/rescode.html */
const PASSING: Readonly<Record<number, string>> = {
  5: 'another program holds the database locked',
  6: 'the database is locked',
  8: 'the database has become read-only',
  10: 'the disk does not answer as it should',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
};

/** `SQLITE_CORRUPT`: a page that was read is not one of this database. */
const CORRUPT = 11;

/** Returns a thrown error as plain data, to be sent to another thread. */
export function describe(error: unknown): Outcome & { failed: string } {
  const { errcode, message } = error as { errcode?: number; message?: string };
  const passing = PASSING[(errcode ?? 0) & 0xff];
  if (passing !== undefined) return { failed: 'Unavailable', message: `store: ${passing}` };
  if (error instanceof DamagedRow || ((errcode ?? 0) & 0xff) === CORRUPT)
    return { failed: 'Damaged', message: `store: ${message ?? 'the file is damaged'}` };
  return { failed: 'Error', message: `store: ${message ?? String(error)}` };
}

/** Returns the error of an outcome on the other thread. */
export function errorFrom(outcome: { readonly failed: string; readonly message: string }): Error {
  if (outcome.failed === 'LeaseLost') return new LeaseLost(outcome.message);
  if (outcome.failed === 'Unavailable')
    return new Unavailable(outcome.message, { scope: 'app', code: 'store' });
  // Only an operator can mend it: what is stored stays as it is, and is not used.
  if (outcome.failed === 'Damaged') {
    const alarm = 'store-damaged';
    return new Unavailable(outcome.message, { scope: 'app', code: 'store', alarm });
  }
  return new Error(outcome.message);
}
