import { Unavailable } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type Arguments,
  type Call,
  errorFrom,
  type OperationName,
  type Outcome,
  type Result,
} from './engine.ts';

/** Calls in one transaction: enough to share the wait for the disk, few enough that nobody waits long for the rest. */
const LARGEST_BATCH = 512;
/** Beyond this the door says 503 rather than remembering more than it can write. */
const LONGEST_LINE = 20_000;

interface Waiting extends Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface BatchOptions {
  readonly clock: Clock;
  /** Hands calls to the database. Each is answered by one `settle`, in order. */
  readonly write: (calls: readonly Call[]) => void;
  /** A call that has not begun after this long has certainly not happened, and its caller is told so. */
  readonly patienceMs: number;
}

/**
 * Collects the calls of one turn of the event loop, and all that come while the database is busy, into one
 * transaction: under load the disk sets the pace and each wait for it serves more callers.
 */
export function createBatch({ clock, write, patienceMs }: BatchOptions) {
  let line: Waiting[] = [];
  let inFlight: readonly Waiting[] = [];
  let scheduled = false;
  let broken: Error | undefined;
  const emptied: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || inFlight.length > 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      next();
    });
  }

  function next(): void {
    const now = clock.now();
    const late = line.findIndex((call) => now - call.now <= patienceMs);
    for (const call of line.splice(0, late === -1 ? line.length : late)) {
      call.reject(
        new Unavailable('store: too busy, the call was not begun', { scope: 'app', code: 'store' }),
      );
    }
    inFlight = line.slice(0, LARGEST_BATCH);
    line = line.slice(LARGEST_BATCH);
    if (inFlight.length > 0) write(inFlight.map(({ name, now, values }) => ({ name, now, values })));
    else for (const resolve of emptied.splice(0)) resolve();
  }

  return {
    call<Name extends OperationName>(name: Name, ...values: Arguments<Name>): Promise<Result<Name>> {
      if (broken !== undefined) return Promise.reject(broken);
      if (line.length >= LONGEST_LINE) {
        return Promise.reject(new Unavailable('store: too many calls wait', { scope: 'app', code: 'store' }));
      }
      return new Promise((resolve, reject) => {
        line.push({ name, now: clock.now(), values, resolve: resolve as (value: unknown) => void, reject });
        schedule();
      });
    },

    settle(outcomes: readonly Outcome[]): void {
      const calls = inFlight;
      inFlight = [];
      calls.forEach((call, index) => {
        const outcome = outcomes[index];
        if (outcome !== undefined && 'done' in outcome) call.resolve(outcome.done);
        else call.reject(errorFrom(outcome ?? { failed: 'Error', message: 'store: no answer' }));
      });
      if (line.length > 0) next();
      else for (const resolve of emptied.splice(0)) resolve();
    },

    /** The database is gone: everything that waits fails, and whatever comes later. */
    fail(error: Error): void {
      broken = error;
      for (const call of [...inFlight, ...line]) call.reject(error);
      inFlight = [];
      line = [];
      for (const resolve of emptied.splice(0)) resolve();
    },

    /** Resolves when nothing waits. */
    idle(): Promise<void> {
      if (inFlight.length === 0 && line.length === 0) return Promise.resolve();
      return new Promise((resolve) => emptied.push(resolve));
    },
  };
}
