import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsUnavailable } from '../aws/errors.ts';
import { Unavailable } from '../domain/errors.ts';
import type { HandOffs } from '../ports/hand-offs.ts';
import { payloadOf } from './payload.ts';

/** Sends each event as a message of an SQS queue; to a FIFO queue in order for each conversation, and each event once. */
export function createSqsHandOffs({
  url,
  client,
}: {
  readonly url: string;
  readonly client: SQSClient;
}): HandOffs {
  const isFifo = url.endsWith('.fifo');
  const name = url.slice(url.lastIndexOf('/') + 1);

  return {
    async deliver(event, signal) {
      const { id, conversation } = event;
      const command = new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(payloadOf(event)),
        ...(isFifo && { MessageGroupId: conversation, MessageDeduplicationId: id }),
      });
      try {
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const { message, code } = awsUnavailable(error, `the queue of hand-offs, ${name}`);
        throw new Unavailable(message, { scope: 'app', code, alarm: 'hand-off-undelivered', cause: error });
      }
    },
  };
}
