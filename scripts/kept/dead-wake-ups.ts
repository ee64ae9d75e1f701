import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { ConversationId } from '../../app/domain/conversation.ts';
import { readWakeUp } from '../../app/queues/sqs.ts';
import { receivingFromSqs } from '../../app/queues/sqs-receiving.ts';

/** A wake-up that nobody could work off. */
export interface DeadWakeUp {
  readonly id: string;
  /** Undefined: it is none of ours, and would only come back. */
  readonly conversation: ConversationId | undefined;
  readonly receipt: string;
}

export interface DeadWakeUps {
  /** What can be received now, at most `limit`. Nobody else receives it until it is given back, or for a minute. */
  take(limit: number): Promise<DeadWakeUp[]>;
  giveBack(wakeUp: DeadWakeUp): Promise<void>;
  delete(wakeUp: DeadWakeUp): Promise<void>;
  /** Where they are, for commands. */
  readonly url: string;
}

const RECEIVED_AT_ONCE = 10;
const TAKEN_SECONDS = 60;
/** Short polls look at some of SQS's servers only; waiting for a moment asks them all. */
const WAIT_SECONDS = 1;

const POLICY = z.object({ deadLetterTargetArn: z.string() });

/** The dead letters of a queue, found by its redrive policy; undefined when it has none. */
export async function deadWakeUpsOf(sqs: SQSClient, queueUrl: string): Promise<DeadWakeUps | undefined> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] });
  const { RedrivePolicy } = (await sqs.send(asked)).Attributes ?? {};
  if (RedrivePolicy === undefined) return undefined;
  // Both are in one account and region (SQS developer guide, "Using dead-letter queues").
  const name = POLICY.parse(JSON.parse(RedrivePolicy)).deadLetterTargetArn.split(':').at(-1) ?? '';
  const url = queueUrl.replace(/[^/]+$/, name);
  const receiving = receivingFromSqs(sqs, url);

  return {
    url,
    async take(limit) {
      const taken = new Map<string, DeadWakeUp>();
      while (taken.size < limit) {
        const most = Math.min(RECEIVED_AT_ONCE, limit - taken.size);
        const received = await receiving.receive(most, WAIT_SECONDS, TAKEN_SECONDS);
        if (received.length === 0) break;
        for (const { id, body, receipt } of received) {
          taken.set(id, { id, receipt, conversation: readWakeUp(body) });
        }
      }
      return [...taken.values()];
    },
    giveBack: ({ receipt }) => receiving.changeVisibility(receipt, 0),
    delete: ({ receipt }) => receiving.delete(receipt),
  };
}
