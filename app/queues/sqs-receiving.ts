import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { awsUnavailable } from '../aws/errors.ts';
import { queueName } from './sqs.ts';

/** A message as it was received; it stays hidden from others for a while. */
export interface Received {
  /** SQS's name for it, the same at every receive. */
  readonly id: string;
  readonly body: string;
  /** Which receive this is, from 1. */
  readonly receives: number;
  readonly receipt: string;
}

/** SQS keeps a received message hidden for no longer than this, from its first receive on. */
const MAX_VISIBILITY_SECONDS = 43_200;

/** The receiving end of the wake-ups. Every failure is `Unavailable`. */
export function receivingFromSqs(sqs: SQSClient, url: string) {
  const QueueUrl = url;

  async function ask<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      return await call;
    } catch (error) {
      throw awsUnavailable(error, `SQS queue ${queueName(url)}`);
    }
  }

  return {
    /** Waits until there is something, for `waitSeconds` (at most 20) at the most. */
    async receive(most: number, waitSeconds: number, hiddenSeconds: number): Promise<Received[]> {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: hiddenSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const requestTimeout = (waitSeconds + 5) * 1000;
      const { Messages = [] } = await ask(sqs.send(command, { requestTimeout }));
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
        receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
      }));
    },

    /** Done with it: it never comes again. */
    async delete(receipt: string): Promise<void> {
      await ask(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt })));
    },

    /** It comes again after so long, unless it is deleted before. */
    async hide(receipt: string, forMs: number): Promise<void> {
      const VisibilityTimeout = Math.min(Math.ceil(forMs / 1000), MAX_VISIBILITY_SECONDS);
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout,
      });
      await ask(sqs.send(command));
    },
  };
}

export type SqsReceiving = ReturnType<typeof receivingFromSqs>;
