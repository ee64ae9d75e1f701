import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { TABLES, type TableShape } from '../../../app/aws/tables.ts';
import type { Engines } from './engines.ts';

/** What a storm makes for itself, as the environment of our programs names it. */
export interface Resources {
  readonly environment: Readonly<Record<string, string>>;
  /** Deletes them. */
  close(): Promise<void>;
}

interface Access {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Receives after which a wake-up is dead, as in the infrastructure. */
const MAX_RECEIVES = '8';

/** Three tables, a queue and its dead letters, under names that nobody else has. */
export async function makeResources({ dynamoDbUrl, sqsUrl }: Engines, access: Access): Promise<Resources> {
  const dynamoDb = new DynamoDBClient({ ...access, endpoint: dynamoDbUrl });
  const sqs = new SQSClient({ ...access, endpoint: sqsUrl });
  const name = `storm-${randomUUID().slice(0, 8)}`;
  const tables = {
    CONVERSATIONS_TABLE: `${name}-conversations`,
    CONVERSATIONS_STAGE_TABLE: `${name}-stage`,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: `${name}-trigger-lock`,
  };
  await Promise.all([
    makeTable(dynamoDb, tables.CONVERSATIONS_TABLE, TABLES.conversations),
    makeTable(dynamoDb, tables.CONVERSATIONS_STAGE_TABLE, TABLES.stage),
    makeTable(dynamoDb, tables.CONVERSATIONS_TRIGGER_LOCK_TABLE, TABLES.triggerLock),
  ]);
  const dead = await makeQueue(sqs, `${name}-turns-dead`, {});
  const queue = await makeQueue(sqs, `${name}-turns`, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: MAX_RECEIVES }),
  });
  return {
    environment: { ...tables, WHATSAPP_QUEUE_URL: queue.url },
    async close() {
      for (const QueueUrl of [queue.url, dead.url]) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      for (const TableName of Object.values(tables))
        await dynamoDb.send(new DeleteTableCommand({ TableName }));
      dynamoDb.destroy();
      sqs.destroy();
    },
  };
}

/** Resolves when the table can be used. */
export async function makeTable(client: DynamoDBClient, TableName: string, shape: TableShape): Promise<void> {
  const { TableDescription } = await client.send(creation(TableName, shape));
  if (TableDescription?.TableStatus === 'ACTIVE') return;
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
}

async function makeQueue(sqs: SQSClient, QueueName: string, Attributes: Record<string, string>) {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  return { url: QueueUrl, arn: (await sqs.send(asked)).Attributes?.QueueArn ?? '' };
}

function creation(TableName: string, { hashKey, rangeKey, attributes, indexes }: TableShape) {
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(attributes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keys(hashKey, rangeKey),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index.hashKey, index.rangeKey),
        Projection:
          index.shows.length === 0
            ? { ProjectionType: 'KEYS_ONLY' as const }
            : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.shows] },
      })),
    }),
  });
}

function keys(hashKey: string, rangeKey: string | undefined) {
  return [
    { AttributeName: hashKey, KeyType: 'HASH' as const },
    ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: 'RANGE' as const }]),
  ];
}
