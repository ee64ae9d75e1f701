import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '../aws/client.ts';
import { systemClock } from '../clock.ts';
import type { Config, StoreConfig } from '../config.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConversationStore } from '../ports/store.ts';
import type { TurnCounter } from '../ports/turn-counter.ts';
import { createSqsQueue, type SqsQueue, sqsClient } from '../queues/sqs.ts';
import { createTriggerLock } from '../queues/trigger-lock.ts';
import { createDynamoDbStore } from '../stores/dynamodb/store.ts';
import { createDynamoDbTurnCounter } from '../stores/dynamodb/turn-counter.ts';

export interface AwsParts {
  readonly store: ConversationStore;
  readonly turnCounter: TurnCounter;
  /** Undefined with QUEUE=inline. */
  readonly queue: SqsQueue | undefined;
  readonly sqs: SQSClient;
}

/** Without businesses: for a program that does not know which deployment's work it sends back. */
type AwsConfig = Pick<Config, 'aws' | 'queue'> & Partial<Pick<Config, 'businesses'>>;

/** Creates the DynamoDB store and the SQS queue, with one client for each service. Makes no call. */
export function awsParts(
  { aws, queue, businesses }: AwsConfig,
  store: Extract<StoreConfig, { kind: 'dynamodb' }>,
  clock: Clock = systemClock,
): AwsParts {
  const client = new DynamoDBClient(clientSettings(aws));
  const sqs = sqsClient(aws);
  const common = { clock, newId: randomUUID, client, region: aws.region };
  return {
    store: createDynamoDbStore({ ...common, ...store }),
    turnCounter: createDynamoDbTurnCounter({ ...common, ...store }),
    queue:
      queue.kind === 'sqs'
        ? createSqsQueue({
            url: queue.url,
            fair: businesses?.kind !== 'env',
            lock: createTriggerLock({ ...common, table: store.triggerLockTable }),
            clock,
            client: sqs,
            region: aws.region,
          })
        : undefined,
    sqs,
  };
}
