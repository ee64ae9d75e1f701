import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

const ANSWER = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

export interface Batch {
  /** The bodies that were handed over, in their order. */
  readonly bodies: readonly string[];
  /** Those of them that the function wants to see again. */
  readonly failed: readonly string[];
}

interface EventSource {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** `BatchSize` */
  readonly most: number;
  readonly visibilitySeconds: number;
  /** Hands an event to the function and answers what it answered. */
  readonly invoke: (event: unknown) => Promise<unknown>;
}

/**
 * What Lambda's event source mapping does with `ReportBatchItemFailures` ("Using Lambda with Amazon SQS"): takes a batch,
 * invokes the function with it, deletes what the answer does not name. Rejects when the answer is none, and then leaves
 * the whole batch in the queue.
 */
export async function oneBatch({
  sqs,
  queueUrl: QueueUrl,
  most,
  visibilitySeconds,
  invoke,
}: EventSource): Promise<Batch> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: 1,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  const answer = ANSWER.parse(await invoke({ Records: Messages.map(record) }));
  const failures = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const isFailed = ({ MessageId = '' }) => failures.has(MessageId);
  for (const { ReceiptHandle } of Messages.filter((message) => !isFailed(message))) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return { bodies: Messages.map(bodyOf), failed: Messages.filter(isFailed).map(bodyOf) };
}

type Received = {
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
  readonly Body?: string | undefined;
  readonly MD5OfBody?: string | undefined;
  readonly Attributes?: Partial<Record<string, string>> | undefined;
};

const bodyOf = ({ Body = '' }: Received): string => Body;

function record({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }: Received) {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-west-2:123456789012:turns',
    awsRegion: 'us-west-2',
  };
}
