import type { WorkReport } from '../conversation/work.ts';
import type { ConversationId } from '../domain/conversation.ts';
import { Refused } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { readWakeUp, type SqsQueue } from '../queues/sqs.ts';

interface AnswerParts {
  readonly queue: SqsQueue;
  readonly work: (conversation: ConversationId, stop: AbortSignal) => Promise<WorkReport>;
  readonly report: (report: WorkReport) => void;
  readonly clock: Clock;
}

/** Does what a wake-up asks for. Rejects when the wake-up must come again; whatever it did until then, it can do again. */
export type Answer = (body: string, stop: AbortSignal) => Promise<void>;

/**
 * One look at the conversation that a wake-up names, and another wake-up for when somebody should look again. Rejects
 * with `Refused` when the body is no wake-up: it comes again a few times and ends among the dead letters of the queue,
 * where somebody sees it. Rejects with `Unavailable` when the next wake-up could not be arranged.
 */
export function createWakeUpHandler({ queue, work, report, clock }: AnswerParts): Answer {
  return async function answer(body, stop) {
    const conversation = readWakeUp(body);
    if (conversation === undefined) throw new Refused('this is no wake-up', { code: 'malformed-wake-up' });
    // Before the claim: what arrives from now on may come too late for this turn, and needs a wake-up of its own.
    await queue.arrived(conversation);
    const looked = await work(conversation, stop);
    report(looked);
    const nextAt = looked.outcome === 'stopped' ? clock.now() : looked.lookAgainAt;
    if (nextAt !== undefined) await queue.wake(conversation, Math.max(0, nextAt - clock.now()));
  };
}
