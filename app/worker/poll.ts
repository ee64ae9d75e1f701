import type { Clock } from '../ports/clock.ts';
import type { Received, SqsReceiving } from '../queues/sqs-receiving.ts';
import { backoffMs } from '../resilience/backoff.ts';
import { repeatEvery } from '../resilience/repeat.ts';
import type { Answer } from './answer.ts';

interface PollParts {
  readonly receiving: SqsReceiving;
  readonly answer: Answer;
  /** Finds work whose wake-up was lost. */
  readonly sweep: () => Promise<unknown>;
  /** Deletes what is old. */
  readonly forget: () => Promise<unknown>;
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
  readonly jitter: () => number;
  /** Wake-ups answered side by side. */
  readonly concurrency: number;
  /**
   * How long one question to the queue waits for an answer, at most 20; `close` waits for it too, since a question that
   * is broken off may take a message with it.
   */
  readonly waitSeconds: number;
  /** How long `close` lets running turns go on before it tells them to stop. */
  readonly graceMs: number;
}

export interface Polling {
  /** Takes no more wake-ups; ends or gives back what it holds. The second time answers the first promise. */
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 15_000;
const FORGET_EVERY_MS = 60_000;
/**
 * A worker that dies leaves its wake-ups hidden this long, twice as long as its leases: who receives them then finds
 * the conversations free. One that lives hides them again at half time.
 */
const HIDDEN_MS = 20_000;
const RECEIVE_BATCH_SIZE = 10;
const AFTER_FAILURE_MS = 2_000;

/**
 * The worker of a machine without Lambda: takes wake-ups as soon as there is room for one more. A slow turn holds up
 * nobody else's, which a consumer that works off batch after batch could not promise.
 */
export function startPolling(parts: PollParts): Polling {
  const { receiving, answer, failed, clock, jitter, concurrency } = parts;
  const { waitSeconds, graceMs } = parts;
  const leaving = new AbortController();
  const stop = new AbortController();
  const running = new Set<Promise<void>>();

  const sweeping = repeatEvery(SWEEP_EVERY_MS, clock, parts.sweep, failed);
  const forgetting = repeatEvery(FORGET_EVERY_MS, clock, parts.forget, failed);
  const polling = (async () => {
    while (!leaving.signal.aborted) {
      if (running.size >= concurrency) await Promise.race(running);
      else await takeSome().catch(rest);
    }
  })();

  async function takeSome(): Promise<void> {
    const most = Math.min(RECEIVE_BATCH_SIZE, concurrency - running.size);
    const received = await receiving.receive(most, waitSeconds, HIDDEN_MS / 1000);
    for (const wakeUp of received) {
      if (leaving.signal.aborted) {
        await receiving.hide(wakeUp.receipt, 0);
        continue;
      }
      const answered = one(wakeUp).finally(() => running.delete(answered));
      running.add(answered);
    }
  }

  async function rest(error: unknown): Promise<void> {
    failed(error);
    await clock.sleep(AFTER_FAILURE_MS, leaving.signal).catch(() => {});
  }

  async function one({ body, receipt, receives }: Received): Promise<void> {
    const answered = new AbortController();
    const hidden = keepHidden(receipt, answered.signal);
    const outcome = await answer(body, stop.signal).catch((error: unknown) => ({ error }));
    answered.abort(new Error('the wake-up is answered'));
    await hidden;
    try {
      if (outcome !== undefined) throw outcome.error;
      await receiving.delete(receipt);
    } catch (error) {
      failed(error);
      await receiving.hide(receipt, backoffMs(receives, jitter())).catch(failed);
    }
  }

  async function keepHidden(receipt: string, answered: AbortSignal): Promise<void> {
    while (!answered.aborted) {
      await clock.sleep(HIDDEN_MS / 2, answered).catch(() => {});
      if (!answered.aborted) await receiving.hide(receipt, HIDDEN_MS).catch(failed);
    }
  }

  async function leave(): Promise<void> {
    leaving.abort(new Error('the worker is leaving'));
    const over = new AbortController();
    const hurry = clock.sleep(graceMs, over.signal).then(
      () => stop.abort(new Error('the worker is leaving')),
      () => {},
    );
    await Promise.all([polling, sweeping.stop(), forgetting.stop()]);
    await Promise.all(running);
    over.abort(new Error('nothing runs any more'));
    await hurry;
  }

  let left: Promise<void> | undefined;
  return {
    close() {
      left ??= leave();
      return left;
    },
  };
}
