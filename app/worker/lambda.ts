import { z } from 'zod';
import { Refused, Unavailable } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs } from '../resilience/backoff.ts';
import type { Answer } from './answer.ts';

interface LambdaParts {
  readonly answer: Answer;
  /** Finds work whose wake-up was lost, and forgets what is old. */
  readonly tidy: () => Promise<void>;
  /** Makes a message of the queue visible again after so long. */
  readonly hide: (receipt: string, forMs: number) => Promise<void>;
  /** Told of every wake-up that must come again. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
  readonly jitter: () => number;
}

/** What Lambda tells a handler about its invocation, as far as we use it. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** "Implementing partial batch responses" of the Lambda guide: only these come again. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Time to end a send that has begun, to give the conversations back and to arrange the next wake-ups. Longer than the
 * longest send: an invocation that is over its time is killed, and its whole batch with it.
 */
const LEAVING_MS = 30_000;

const RECORD = z.object({
  eventSource: z.literal('aws:sqs'),
  messageId: z.string(),
  receiptHandle: z.string(),
  body: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().positive().catch(1) }),
});
type Record = z.infer<typeof RECORD>;

const EVENT = z.union([
  z
    .object({ Records: z.array(RECORD) })
    .transform(({ Records }) => ({ kind: 'wake-ups' as const, records: Records })),
  // What a rule of EventBridge with a schedule sends.
  z.object({ source: z.literal('aws.events') }).transform(() => ({ kind: 'sweep' as const })),
]);

/**
 * The Lambda handler. The wake-ups of a batch are answered side by side; those that fail are named, so that only they
 * come again: sooner the first times than the last, and after the queue's number of receives among its dead letters.
 * Before the invocation ends, what is still at work stops and gives its conversation back. That counts as an attempt, since
 * it had all the time there is: an answer that never comes in time must end as a dead letter.
 */
export function createLambda({ answer, tidy, hide, failed, clock, jitter }: LambdaParts) {
  async function wakeUps(records: readonly Record[], context: Context): Promise<BatchResponse> {
    const stop = new AbortController();
    const over = new AbortController();
    const workMs = Math.max(0, context.getRemainingTimeInMillis() - LEAVING_MS);
    const deadline = clock.sleep(workMs, over.signal).then(
      () => stop.abort(new Unavailable('the turn took longer than an invocation lasts')),
      () => {},
    );
    const failures = await Promise.all(records.map((record) => one(record, stop.signal)));
    over.abort(new Error('the batch is done'));
    await deadline;
    return { batchItemFailures: failures.flatMap((failure) => failure ?? []) };
  }

  async function one({ body, messageId, receiptHandle, attributes }: Record, stop: AbortSignal) {
    try {
      await answer(body, stop);
      return undefined;
    } catch (error) {
      failed(error);
      // Without this it would stay hidden for the queue's own time, which is made for the longest of turns.
      const delayMs = backoffMs(attributes.ApproximateReceiveCount, jitter());
      await hide(receiptHandle, delayMs).catch(failed);
      return { itemIdentifier: messageId };
    }
  }

  return async function handler(event: unknown, context: Context): Promise<BatchResponse | undefined> {
    const read = EVENT.safeParse(event).data;
    // Without the event, which may hold anything.
    if (read === undefined)
      throw new Refused('This event is neither wake-ups of the queue nor the call of the schedule');
    if (read.kind === 'wake-ups') return wakeUps(read.records, context);
    await tidy();
    return undefined;
  };
}
