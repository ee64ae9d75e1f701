import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { awsUnavailable } from '../aws/errors.ts';
import type { ConversationId } from '../domain/conversation.ts';
import { parseJson } from '../json.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import type { TriggerLock } from './trigger-lock.ts';

interface SqsQueueOptions extends AwsPlace {
  readonly url: string;
  readonly lock: TriggerLock;
  readonly clock: Clock;
  readonly client?: SQSClient;
}

export interface SqsQueue extends Queue {
  /**
   * To be called when a wake-up has come, before the conversation is claimed: from then on another one can be sent, also
   * while the work goes on.
   */
  arrived(conversation: ConversationId): Promise<void>;
  /** Roughly how many wake-ups could be received now. Throws `Unavailable`. */
  unreceived(): Promise<number>;
}

/** SQS holds no message back longer (SendMessage, `DelaySeconds`). What is due later is looked at and put off again. */
const MAX_DELAY_SECONDS = 900;

const WAKE_UP = z.object({ conversation: z.string().min(1).max(128) });

/**
 * A client that looks for every queue at its own endpoint. By itself the SDK would follow the host in the queue's URL,
 * past `AWS_ENDPOINT_URL_SQS` and into whatever region the URL names.
 */
export function sqsClient(place: AwsPlace): SQSClient {
  return new SQSClient({ ...clientSettings(place), useQueueUrlAsEndpoint: false });
}

/** What a wake-up says; undefined when it is none. */
export function readWakeUp(body: string): ConversationId | undefined {
  return WAKE_UP.safeParse(parseJson(body)).data?.conversation;
}

/**
 * Wake-ups as messages of an SQS queue, at most one on its way for each conversation and time. The lock comes first:
 * when sending fails it is given back, when this process dies in between it runs out, and until then the message that
 * waits is found by its redelivery or the sweep.
 */
export function createSqsQueue({ url, lock, clock, client, ...place }: SqsQueueOptions): SqsQueue {
  const sqs = client ?? sqsClient(place);
  const what = `SQS queue ${queueName(url)} in ${place.region ?? 'the region of the environment'}`;

  async function attributes(name: QueueAttributeName): Promise<Partial<Record<string, string>>> {
    try {
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [name] });
      return (await sqs.send(command)).Attributes ?? {};
    } catch (error) {
      throw awsUnavailable(error, what);
    }
  }

  return {
    async wake(conversation, delayMs) {
      const delaySeconds = Math.min(Math.ceil(Math.max(0, delayMs) / 1000), MAX_DELAY_SECONDS);
      const token = await lock.take(conversation, clock.now() + delaySeconds * 1000);
      if (token === undefined) return;
      try {
        const MessageBody = JSON.stringify({ conversation });
        await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds: delaySeconds }));
      } catch (error) {
        // When not even this can be done, the lock runs out by itself.
        await lock.clear(conversation, token).catch(() => {});
        throw awsUnavailable(error, what);
      }
    },

    arrived: (conversation) => lock.clear(conversation),

    async unreceived() {
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

/** As an operator knows it: the end of its URL. */
export function queueName(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
