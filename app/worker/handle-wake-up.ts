import type { WorkReport } from '../conversation/work.ts';
import type { ConversationId } from '../domain/conversation.ts';
import { Refused } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { readWakeUp, type SqsQueue } from '../queues/sqs.ts';

interface WakeUpHandlerOptions {
  readonly queue: SqsQueue;
  readonly work: (conversation: ConversationId, stop: AbortSignal) => Promise<WorkReport>;
  readonly report: (report: WorkReport) => void;
  readonly clock: Clock;
}

/** Processes one wake-up. Rejects when SQS must deliver the wake-up again. Idempotent, also after a partial run. */
export type WakeUpHandler = (body: string, stop: AbortSignal) => Promise<void>;

/**
 * Works once on the conversation that a wake-up names, and sends another wake-up if more work is due later. Rejects with
 * `Refused` when the body is not a wake-up: SQS delivers it a few more times and then moves it to the dead-letter queue,
 * where an operator sees it. Rejects with `Unavailable` when the next wake-up could not be sent.
 */
export function createWakeUpHandler({ queue, work, report, clock }: WakeUpHandlerOptions): WakeUpHandler {
  return async function handle(body, stop) {
    const conversation = readWakeUp(body);
    if (conversation === undefined)
      throw new Refused('the body is not a wake-up', { code: 'malformed-wake-up' });
    // Before the claim: a message that arrives from now on may be too late for this turn and needs its own wake-up.
    await queue.arrived(conversation);
    const result = await work(conversation, stop);
    report(result);
    const nextAt = result.outcome === 'stopped' ? clock.now() : result.lookAgainAt;
    if (nextAt !== undefined) await queue.wake(conversation, Math.max(0, nextAt - clock.now()));
  };
}
