import { z } from 'zod';
import { Refused, Unavailable } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs } from '../resilience/backoff.ts';
import type { WakeUpHandler } from './handle-wake-up.ts';

interface LambdaOptions {
  readonly handle: WakeUpHandler;
  /** Finds work whose wake-up was lost, and deletes expired data. */
  readonly tidy: () => Promise<void>;
  /** Sets the visibility timeout of a received message, from now on. */
  readonly changeVisibility: (receipt: string, timeoutMs: number) => Promise<void>;
  /** Called with the error of each wake-up that SQS must deliver again. */
  readonly failed: (error: unknown) => void;
  /** Called with the age of each wake-up that is received for the first time. */
  readonly started?: (ageMs: number) => void;
  readonly clock: Clock;
  readonly jitter: () => number;
}

/** The part of Lambda's context object that is used here. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** Only these records are delivered again (Lambda developer guide, "Implementing partial batch responses"). */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Reserved at the end of an invocation to finish a send that has begun, release the conversations and send the next
 * wake-ups. Longer than the longest send: an invocation that exceeds its time is killed, and its whole batch fails.
 */
const SHUTDOWN_MS = 30_000;

const RECORD = z.object({
  eventSource: z.literal('aws:sqs'),
  messageId: z.string(),
  receiptHandle: z.string(),
  body: z.string(),
  attributes: z.object({
    ApproximateReceiveCount: z.coerce.number().int().positive().catch(1),
    /** Milliseconds since 1970. */
    SentTimestamp: z.coerce.number().int().positive().optional().catch(undefined),
  }),
});
type Record = z.infer<typeof RECORD>;

const EVENT = z.union([
  z
    .object({ Records: z.array(RECORD) })
    .transform(({ Records }) => ({ kind: 'wake-ups' as const, records: Records })),
  // Sent by an EventBridge rule with a schedule.
  z.object({ source: z.literal('aws.events') }).transform(() => ({ kind: 'sweep' as const })),
]);

/**
 * Returns the Lambda handler. It processes the wake-ups of a batch concurrently and reports those that failed, so that
 * only they are delivered again: with growing delays, and in the dead-letter queue after the queue's maximum number of
 * receives. Before the invocation ends, running turns are stopped and release their conversations. That counts as an
 * attempt, since the turn had all the time there is: one that never finishes in time must end as a dead letter.
 */
export function createLambda(options: LambdaOptions) {
  const { handle, tidy, changeVisibility, failed, started, clock, jitter } = options;

  async function wakeUps(records: readonly Record[], context: Context): Promise<BatchResponse> {
    const stop = new AbortController();
    const over = new AbortController();
    const workMs = Math.max(0, context.getRemainingTimeInMillis() - SHUTDOWN_MS);
    const deadline = clock.sleep(workMs, over.signal).then(
      () => stop.abort(new Unavailable('the turn took longer than one Lambda invocation')),
      () => {},
    );
    const failures = await Promise.all(records.map((record) => process(record, stop.signal)));
    over.abort(new Error('the batch is done'));
    await deadline;
    return { batchItemFailures: failures.flatMap((failure) => failure ?? []) };
  }

  async function process({ body, messageId, receiptHandle, attributes }: Record, stop: AbortSignal) {
    const { ApproximateReceiveCount: receives, SentTimestamp: sentAt } = attributes;
    if (receives === 1 && sentAt !== undefined) started?.(Math.max(0, clock.now() - sentAt));
    try {
      await handle(body, stop);
      return undefined;
    } catch (error) {
      failed(error);
      // Otherwise the queue's own visibility timeout would apply, which is long enough for the longest turn.
      const delayMs = backoffMs(receives, jitter());
      await changeVisibility(receiptHandle, delayMs).catch(failed);
      return { itemIdentifier: messageId };
    }
  }

  return async function handler(event: unknown, context: Context): Promise<BatchResponse | undefined> {
    const read = EVENT.safeParse(event).data;
    // The message leaves the event out: it may hold personal data.
    if (read === undefined)
      throw new Refused(
        'The event is neither a batch of wake-ups from SQS nor a scheduled event from EventBridge',
      );
    if (read.kind === 'wake-ups') return wakeUps(read.records, context);
    await tidy();
    return undefined;
  };
}
