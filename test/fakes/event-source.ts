import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

const RESPONSE = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

export interface Batch {
  /** The bodies that were passed to the function, in order. */
  readonly bodies: readonly string[];
  /** The bodies that the function returned as failed. */
  readonly failed: readonly string[];
}

interface EventSource {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** `BatchSize` */
  readonly batchSize: number;
  readonly visibilitySeconds: number;
  /** Invokes the function with an event. Resolves to its response. */
  readonly invoke: (event: unknown) => Promise<unknown>;
}

/**
 * Lambda's event source mapping with `ReportBatchItemFailures` ("Using Lambda with Amazon SQS"): receives a batch, invokes the
 * function with it, and deletes the messages that the response does not name. Rejects when there is no response, and then
 * leaves
 * the whole batch in the queue.
 */
export async function processBatch({
  sqs,
  queueUrl: QueueUrl,
  batchSize,
  visibilitySeconds,
  invoke,
}: EventSource): Promise<Batch> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: 1,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  const response = RESPONSE.parse(await invoke({ Records: Messages.map(record) }));
  const failures = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
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
