import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { ConversationId } from '../../app/domain/conversation.ts';
import { readWakeUp } from '../../app/queues/sqs.ts';
import { receivingFromSqs } from '../../app/queues/sqs-receiving.ts';

/** A message of the dead-letter queue. */
export interface DeadWakeUp {
  readonly id: string;
  /** Undefined: it is not a wake-up of this service, and would come back to the dead-letter queue. */
  readonly conversation: ConversationId | undefined;
  readonly receipt: string;
}

export interface DeadWakeUps {
  /** Resolves to at most `limit` messages. They are invisible to others until `giveBack` or for a minute. */
  receive(limit: number): Promise<DeadWakeUp[]>;
  release(wakeUp: DeadWakeUp): Promise<void>;
  delete(wakeUp: DeadWakeUp): Promise<void>;
  /** The URL of the dead-letter queue. */
  readonly url: string;
}

/** The maximum of SQS. */
const BATCH_SIZE = 10;
const VISIBILITY_TIMEOUT_SECONDS = 60;
/** A short poll asks a subset of the servers of SQS; a long poll asks all of them. */
const WAIT_SECONDS = 1;

const POLICY = z.object({ deadLetterTargetArn: z.string() });

/** Finds the dead-letter queue by the redrive policy of `queueUrl`. Resolves to undefined when there is none. */
export async function deadWakeUpsOf(sqs: SQSClient, queueUrl: string): Promise<DeadWakeUps | undefined> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] });
  const { RedrivePolicy } = (await sqs.send(command)).Attributes ?? {};
  if (RedrivePolicy === undefined) return undefined;
  // Both queues are in one account and region (SQS developer guide, "Using dead-letter queues").
  const name = POLICY.parse(JSON.parse(RedrivePolicy)).deadLetterTargetArn.split(':').at(-1) ?? '';
  const url = queueUrl.replace(/[^/]+$/, name);
  const receiving = receivingFromSqs(sqs, url);

  return {
    url,
    async receive(limit) {
      const taken = new Map<string, DeadWakeUp>();
      while (taken.size < limit) {
        const batchSize = Math.min(BATCH_SIZE, limit - taken.size);
        const received = await receiving.receive(batchSize, WAIT_SECONDS, VISIBILITY_TIMEOUT_SECONDS);
        if (received.length === 0) break;
        for (const { id, body, receipt } of received) {
          taken.set(id, { id, receipt, conversation: readWakeUp(body) });
        }
      }
      return [...taken.values()];
    },
    release: ({ receipt }) => receiving.changeVisibility(receipt, 0),
    delete: ({ receipt }) => receiving.delete(receipt),
  };
}
