import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { awsUnavailable } from '../aws/errors.ts';
import { queueName } from './sqs.ts';

/** A received message, invisible to other receivers until its visibility timeout ends. */
export interface Received {
  /** The SQS message id, the same at every receive. */
  readonly id: string;
  readonly body: string;
  /** Number of this receive, from 1. */
  readonly receives: number;
  /** When it was sent, its delay included; milliseconds since 1970. */
  readonly sentAt: number | undefined;
  readonly receipt: string;
}

/** SQS's limit, counted from the receive (ChangeMessageVisibility, API reference): 12 hours. */
const MAX_VISIBILITY_SECONDS = 43_200;

/** Receives wake-ups. Every failure is `Unavailable`. */
export function receivingFromSqs(sqs: SQSClient, url: string) {
  const QueueUrl = url;

  async function send<Output>(call: Promise<Output>): Promise<Output> {
    try {
      return await call;
    } catch (error) {
      throw awsUnavailable(error, `SQS queue ${queueName(url)}`);
    }
  }

  return {
    /** Resolves as soon as there is a message, or to none after `waitSeconds` (at most 20). */
    async receive(maxMessages: number, waitSeconds: number, visibilitySeconds: number): Promise<Received[]> {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      });
      const requestTimeout = (waitSeconds + 5) * 1000;
      const { Messages = [] } = await send(sqs.send(command, { requestTimeout }));
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
        receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
        sentAt: Attributes?.SentTimestamp === undefined ? undefined : Number(Attributes.SentTimestamp),
      }));
    },

    /** Removes a processed message from the queue. */
    async delete(receipt: string): Promise<void> {
      await send(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt })));
    },

    /** The message becomes visible again after this time, unless it is deleted before. */
    async changeVisibility(receipt: string, timeoutMs: number): Promise<void> {
      const VisibilityTimeout = Math.min(Math.ceil(timeoutMs / 1000), MAX_VISIBILITY_SECONDS);
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout,
      });
      await send(sqs.send(command));
    },
  };
}

export type SqsReceiving = ReturnType<typeof receivingFromSqs>;
