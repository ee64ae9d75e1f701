import type { Clock } from '../ports/clock.ts';
import type { Received, SqsReceiving } from '../queues/sqs-receiving.ts';
import { backoffMs } from '../resilience/backoff.ts';
import { repeatEvery } from '../resilience/repeat.ts';
import type { WakeUpHandler } from './handle-wake-up.ts';

interface PollOptions {
  readonly receiving: SqsReceiving;
  readonly handle: WakeUpHandler;
  /** Finds work whose wake-up was lost. */
  readonly sweep: () => Promise<unknown>;
  /** Deletes expired data. */
  readonly forget: () => Promise<unknown>;
  readonly failed: (error: unknown) => void;
  /** Called with the age of each wake-up that is received for the first time. */
  readonly started?: (ageMs: number) => void;
  readonly clock: Clock;
  readonly jitter: () => number;
  /** Maximum number of wake-ups in process. */
  readonly concurrency: number;
  /**
   * Long polling time of one receive call, at most 20. `close` waits for the call too: an aborted receive may already
   * have taken a message.
   */
  readonly waitSeconds: number;
  /** How long `close` waits for running turns before it stops them. */
  readonly graceMs: number;
}

export interface Polling {
  /** Receives no more wake-ups; finishes or releases those in process. Idempotent: returns the same promise. */
  close(): Promise<void>;
}

const SWEEP_INTERVAL_MS = 15_000;
const FORGET_INTERVAL_MS = 60_000;
/**
 * Twice the lease time: when a worker dies, its wake-ups become visible after its leases have expired, so that the next
 * receiver finds the conversations free. A living worker extends the timeout at half time.
 */
const VISIBILITY_TIMEOUT_MS = 20_000;
const RECEIVE_BATCH_SIZE = 10;
const PAUSE_AFTER_FAILURE_MS = 2_000;

/**
 * The worker for machines without Lambda. It receives wake-ups as soon as a slot is free. A slow turn delays no other
 * turn, which a consumer that finishes one batch before the next (sqs-consumer) could not promise.
 */
export function startPolling(options: PollOptions): Polling {
  const { receiving, handle, failed, started, clock, jitter, concurrency, waitSeconds, graceMs } = options;
  const leaving = new AbortController();
  const stop = new AbortController();
  const running = new Set<Promise<void>>();

  const sweeping = repeatEvery(SWEEP_INTERVAL_MS, clock, options.sweep, failed);
  const forgetting = repeatEvery(FORGET_INTERVAL_MS, clock, options.forget, failed);
  const polling = (async () => {
    while (!leaving.signal.aborted) {
      if (running.size >= concurrency) await Promise.race(running);
      else await receiveBatch().catch(pause);
    }
  })();

  async function receiveBatch(): Promise<void> {
    const maxMessages = Math.min(RECEIVE_BATCH_SIZE, concurrency - running.size);
    const received = await receiving.receive(maxMessages, waitSeconds, VISIBILITY_TIMEOUT_MS / 1000);
    for (const wakeUp of received) {
      if (leaving.signal.aborted) {
        await receiving.changeVisibility(wakeUp.receipt, 0);
        continue;
      }
      const processed = process(wakeUp).finally(() => running.delete(processed));
      running.add(processed);
    }
  }

  async function pause(error: unknown): Promise<void> {
    failed(error);
    await clock.sleep(PAUSE_AFTER_FAILURE_MS, leaving.signal).catch(() => {});
  }

  async function process({ body, receipt, receives, sentAt }: Received): Promise<void> {
    if (receives === 1 && sentAt !== undefined) started?.(Math.max(0, clock.now() - sentAt));
    const done = new AbortController();
    const extending = extendVisibility(receipt, done.signal);
    const outcome = await handle(body, stop.signal).catch((error: unknown) => ({ error }));
    done.abort(new Error('the wake-up is processed'));
    await extending;
    try {
      if (outcome !== undefined) throw outcome.error;
      await receiving.delete(receipt);
    } catch (error) {
      failed(error);
      await receiving.changeVisibility(receipt, backoffMs(receives, jitter())).catch(failed);
    }
  }

  async function extendVisibility(receipt: string, done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      await clock.sleep(VISIBILITY_TIMEOUT_MS / 2, done).catch(() => {});
      if (!done.aborted) await receiving.changeVisibility(receipt, VISIBILITY_TIMEOUT_MS).catch(failed);
    }
  }

  async function shutDown(): Promise<void> {
    leaving.abort(new Error('the worker is shutting down'));
    const over = new AbortController();
    const grace = clock.sleep(graceMs, over.signal).then(
      () => stop.abort(new Error('the worker is shutting down')),
      () => {},
    );
    await Promise.all([polling, sweeping.stop(), forgetting.stop()]);
    await Promise.all(running);
    over.abort(new Error('no turn is running'));
    await grace;
  }

  let closed: Promise<void> | undefined;
  return {
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}
