import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { awsUnavailable } from '../aws/errors.ts';
import { businessOf } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';
import { parseJson } from '../json.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import type { TriggerLock } from './trigger-lock.ts';

interface SqsQueueOptions extends AwsPlace {
  readonly url: string;
  /**
   * Whether wake-ups name their business, so that one with a long queue does not delay the others (SQS developer guide,
   * "Amazon SQS fair queues"). Such requests cost more, and are of no use to a single business.
   */
  readonly fair: boolean;
  readonly lock: TriggerLock;
  readonly clock: Clock;
  readonly client?: SQSClient;
}

export interface SqsQueue extends Queue {
  /**
   * Called when a wake-up was received, before the conversation is claimed: from then on another wake-up can be sent, also
   * while the turn runs.
   */
  arrived(conversation: ConversationId): Promise<void>;
  /** Resolves to the approximate number of wake-ups that could be received now. Throws `Unavailable`. */
  visibleCount(): Promise<number>;
}

/** SQS's limit (SendMessage, `DelaySeconds`). Work that is due later gets another wake-up when this one arrives. */
const MAX_DELAY_SECONDS = 900;

const WAKE_UP = z.object({ conversation: z.string().min(1).max(128) });

/**
 * Returns a client that sends every call to its configured endpoint. By default the SDK would follow the host in the
 * queue's URL, past `AWS_ENDPOINT_URL_SQS` and into the region that the URL names.
 */
export function sqsClient(place: AwsPlace): SQSClient {
  return new SQSClient({ ...clientSettings(place), useQueueUrlAsEndpoint: false });
}

/** Returns the conversation that a wake-up names; undefined when the body is not a wake-up. */
export function readWakeUp(body: string): ConversationId | undefined {
  return WAKE_UP.safeParse(parseJson(body)).data?.conversation;
}

/**
 * Wake-ups as messages of an SQS queue, at most one in flight per conversation and due time. The lock is taken first. It
 * is released when sending fails and expires when this process dies in between; until then a redelivery or the sweep
 * finds the waiting message.
 */
export function createSqsQueue({ url, fair, lock, clock, client, ...place }: SqsQueueOptions): SqsQueue {
  const sqs = client ?? sqsClient(place);
  let takesGroups = fair;
  const what = `SQS queue ${queueName(url)} in ${place.region ?? 'the region of the environment'}`;

  async function attributes(name: QueueAttributeName): Promise<Partial<Record<string, string>>> {
    try {
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [name] });
      return (await sqs.send(command)).Attributes ?? {};
    } catch (error) {
      throw awsUnavailable(error, what);
    }
  }

  async function send(conversation: ConversationId, delaySeconds: number): Promise<void> {
    const wakeUp = {
      QueueUrl: url,
      MessageBody: JSON.stringify({ conversation }),
      DelaySeconds: delaySeconds,
    };
    if (!takesGroups) return void (await sqs.send(new SendMessageCommand(wakeUp)));
    // At most 128 letters, digits and punctuation marks (API reference, SendMessage); the id of a business is shorter.
    const MessageGroupId = businessOf(conversation);
    try {
      await sqs.send(new SendMessageCommand({ ...wakeUp, MessageGroupId }));
    } catch (error) {
      if (!refusesGroups(error)) throw error;
      takesGroups = false;
      await send(conversation, delaySeconds);
    }
  }

  return {
    async wake(conversation, delayMs) {
      const delaySeconds = Math.min(Math.ceil(Math.max(0, delayMs) / 1000), MAX_DELAY_SECONDS);
      const token = await lock.take(conversation, clock.now() + delaySeconds * 1000);
      if (token === undefined) return;
      try {
        await send(conversation, delaySeconds);
      } catch (error) {
        // If this fails too, the lock expires.
        await lock.clear(conversation, token).catch(() => {});
        throw awsUnavailable(error, what);
      }
    },

    arrived: (conversation) => lock.clear(conversation),

    async visibleCount() {
      return Number((await attributes('ApproximateNumberOfMessages')).ApproximateNumberOfMessages);
    },

    async ready() {
      await Promise.all([lock.ready(), attributes('QueueArn')]);
    },

    async close() {
      sqs.destroy();
      lock.close();
    },
  };
}

/** ElasticMQ 1.6 knows message groups of FIFO queues only. There, fairness is all that is missing. */
function refusesGroups(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'InvalidParameterValue' && /MessageGroupId/.test(error.message)
  );
}

/** Returns the queue's name, for operators: the last part of its URL. */
export function queueName(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
