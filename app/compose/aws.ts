import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '../aws/client.ts';
import { systemClock as clock } from '../clock.ts';
import type { Config, StoreConfig } from '../config.ts';
import type { ConversationStore } from '../ports/store.ts';
import { createSqsQueue, type SqsQueue, sqsClient } from '../queues/sqs.ts';
import { createTriggerLock } from '../queues/trigger-lock.ts';
import { createDynamoDbStore } from '../stores/dynamodb/store.ts';

export interface AwsParts {
  readonly store: ConversationStore;
  /** Undefined with QUEUE=inline. */
  readonly queue: SqsQueue | undefined;
  readonly sqs: SQSClient;
}

/** Creates the DynamoDB store and the SQS queue, with one client for each service. Makes no call. */
export function awsParts(
  { aws, queue }: Pick<Config, 'aws' | 'queue'>,
  store: Extract<StoreConfig, { kind: 'dynamodb' }>,
): AwsParts {
  const client = new DynamoDBClient(clientSettings(aws));
  const sqs = sqsClient(aws);
  const common = { clock, newId: randomUUID, client, region: aws.region };
  return {
    store: createDynamoDbStore({ ...common, ...store }),
    queue:
      queue.kind === 'sqs'
        ? createSqsQueue({
            url: queue.url,
            lock: createTriggerLock({ ...common, table: store.triggerLockTable }),
            clock,
            client: sqs,
            region: aws.region,
          })
        : undefined,
    sqs,
  };
}
