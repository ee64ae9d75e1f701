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
import type { Emulators } from './emulators.ts';

/** The tables and queues of one run. */
export interface Resources {
  /** Their names, as variables of our programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Deletes them. */
  close(): Promise<void>;
}

interface Access {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** As in the infrastructure. */
const MAX_RECEIVES = '8';

/** Creates three tables, a queue and its dead-letter queue, under unique names. */
export async function createResources(
  { dynamoDbUrl, sqsUrl }: Emulators,
  access: Access,
): Promise<Resources> {
  const dynamoDb = new DynamoDBClient({ ...access, endpoint: dynamoDbUrl });
  const sqs = new SQSClient({ ...access, endpoint: sqsUrl });
  const name = `chaos-${randomUUID().slice(0, 8)}`;
  const tables = {
    CONVERSATIONS_TABLE: `${name}-conversations`,
    CONVERSATIONS_STAGE_TABLE: `${name}-stage`,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: `${name}-trigger-lock`,
  };
  await Promise.all([
    createTable(dynamoDb, tables.CONVERSATIONS_TABLE, TABLES.conversations),
    createTable(dynamoDb, tables.CONVERSATIONS_STAGE_TABLE, TABLES.stage),
    createTable(dynamoDb, tables.CONVERSATIONS_TRIGGER_LOCK_TABLE, TABLES.triggerLock),
  ]);
  const deadLetterQueue = await createQueue(sqs, `${name}-turns-dead`, {});
  const queue = await createQueue(sqs, `${name}-turns`, {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetterQueue.arn,
      maxReceiveCount: MAX_RECEIVES,
    }),
  });
  return {
    environment: { ...tables, WHATSAPP_QUEUE_URL: queue.url },
    async close() {
      for (const QueueUrl of [queue.url, deadLetterQueue.url])
        await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      for (const TableName of Object.values(tables))
        await dynamoDb.send(new DeleteTableCommand({ TableName }));
      dynamoDb.destroy();
      sqs.destroy();
    },
  };
}

/** Resolves when the table can be used. */
export async function createTable(
  client: DynamoDBClient,
  TableName: string,
  shape: TableShape,
): Promise<void> {
  const { TableDescription } = await client.send(createTableCommand(TableName, shape));
  if (TableDescription?.TableStatus === 'ACTIVE') return;
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
}

async function createQueue(sqs: SQSClient, QueueName: string, Attributes: Record<string, string>) {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  return { url: QueueUrl, arn: (await sqs.send(command)).Attributes?.QueueArn ?? '' };
}

function createTableCommand(TableName: string, { hashKey, rangeKey, attributes, indexes }: TableShape) {
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
