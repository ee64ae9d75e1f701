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

/** Calls in one transaction: enough to share one sync of the disk, few enough that no caller waits long for the others. */
const MAX_BATCH_SIZE = 512;
/** Above this the web service responds 503 instead of queueing more than it can write. */
const MAX_WAITING_CALLS = 20_000;

interface Waiting extends Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface BatchOptions {
  readonly clock: Clock;
  /** Sends calls to the database. Each batch is settled by one call of `settle`, in order. */
  readonly write: (calls: readonly Call[]) => void;
  /** A call that has not started after this time fails; it certainly had no effect. */
  readonly patienceMs: number;
}

/**
 * Group commit: collects the calls of one tick of the event loop, and all that arrive while the database is busy, into one
 * transaction, so that under load each sync of the disk serves more callers.
 */
export function createBatch({ clock, write, patienceMs }: BatchOptions) {
  let waiting: Waiting[] = [];
  let inFlight: readonly Waiting[] = [];
  let scheduled = false;
  let broken: Error | undefined;
  const onIdle: (() => void)[] = [];

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
    const late = waiting.findIndex((call) => now - call.now <= patienceMs);
    for (const call of waiting.splice(0, late === -1 ? waiting.length : late)) {
      call.reject(
        new Unavailable('store: too busy, the call was not begun', { scope: 'app', code: 'store' }),
      );
    }
    inFlight = waiting.slice(0, MAX_BATCH_SIZE);
    waiting = waiting.slice(MAX_BATCH_SIZE);
    if (inFlight.length > 0) write(inFlight.map(({ name, now, values }) => ({ name, now, values })));
    else for (const resolve of onIdle.splice(0)) resolve();
  }

  return {
    call<Name extends OperationName>(name: Name, ...values: Arguments<Name>): Promise<Result<Name>> {
      if (broken !== undefined) return Promise.reject(broken);
      if (waiting.length >= MAX_WAITING_CALLS) {
        return Promise.reject(new Unavailable('store: too many calls wait', { scope: 'app', code: 'store' }));
      }
      return new Promise((resolve, reject) => {
        waiting.push({
          name,
          now: clock.now(),
          values,
          resolve: resolve as (value: unknown) => void,
          reject,
        });
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
      if (waiting.length > 0) next();
      else for (const resolve of onIdle.splice(0)) resolve();
    },

    /** The database has ended: every waiting and every later call fails. */
    fail(error: Error): void {
      broken = error;
      for (const call of [...inFlight, ...waiting]) call.reject(error);
      inFlight = [];
      waiting = [];
      for (const resolve of onIdle.splice(0)) resolve();
    },

    /** Resolves when no call is waiting. */
    idle(): Promise<void> {
      if (inFlight.length === 0 && waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => onIdle.push(resolve));
    },
  };
}
