import { randomUUID } from 'node:crypto';
import type { ConversationStore } from '#app/ports/store.ts';
import { createSqsQueue, type SqsQueue } from '#app/queues/sqs.ts';
import { createTriggerLock } from '#app/queues/trigger-lock.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { type DynamoDb, REGION } from './dynamodb.ts';
import type { Sqs, TestQueue } from './sqs.ts';
import { startSsm } from './ssm.ts';
import { wallClock as clock } from './wall-clock.ts';

/** The tables, queue and parameters of a stack, and the environment in which our programs find them. */
export interface StackResources {
  readonly store: ConversationStore;
  readonly queue: SqsQueue;
  readonly wakeUps: TestQueue;
  readonly deadWakeUps: TestQueue;
  readonly environment: Readonly<Record<string, string>>;
}

export async function createStackResources(
  stack: string,
  dynamoDb: DynamoDb,
  sqs: Sqs,
): Promise<StackResources> {
  const tables = await dynamoDb.tables();
  const deadWakeUps = await sqs.queue();
  const policy = { deadLetterTargetArn: deadWakeUps.arn, maxReceiveCount: 8 };
  const wakeUps = await sqs.queue({ RedrivePolicy: JSON.stringify(policy) });
  const common = { clock, newId: randomUUID, client: dynamoDb.client(), region: REGION };
  const lock = createTriggerLock({ ...common, table: tables.triggerLockTable });
  const path = `/app-runtime/ansari-whatsapp/${stack}`;
  const ssm = await startSsm({
    [`${path}/conversations-table`]: tables.conversationsTable,
    [`${path}/conversations-stage-table`]: tables.stageTable,
    [`${path}/conversations-trigger-lock-table`]: tables.triggerLockTable,
    [`${path}/whatsapp-queue-url`]: wakeUps.url,
  });
  return {
    store: createDynamoDbStore({ ...common, ...tables }),
    queue: createSqsQueue({
      url: wakeUps.url,
      fair: true,
      lock,
      clock,
      client: sqs.client(),
      region: REGION,
    }),
    wakeUps,
    deadWakeUps,
    environment: {
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpointUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
      AWS_ENDPOINT_URL_SSM: ssm,
    },
  };
}
