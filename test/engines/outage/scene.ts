/** A web service and a polling worker, each a process, over servers that can be killed, during the first turns. */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { clientSettings } from '#app/aws/client.ts';
import { TABLES } from '#app/aws/tables.ts';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { createTable } from '#scripts/chaos/aws/resources.ts';
import { WorkerProcess } from '#scripts/chaos/aws/worker-process.ts';
import { CREDENTIALS, REGION } from '../../fakes/dynamodb.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { realClock } from '../../fakes/real-clock.ts';
import { startSystem } from '../../fakes/system.ts';
import { dynamoDbServer, QUEUE, sqsServer } from './servers.ts';

export const PEOPLE = ['15550001111', '15550002222', '15550003333'];

/** Resolves when all first questions are stored and the assistant has begun its first answer. */
export async function startScene(wakeUps: 'kept' | 'lost') {
  const [dynamoDb, sqs] = await Promise.all([dynamoDbServer(), sqsServer(wakeUps)]);
  await Promise.all([dynamoDb.start(), sqs.start()]);
  const { url: queueUrl, count: countWakeUps } = await openQueue(sqs.url);
  const aws = {
    ...{ STORE: 'dynamodb', QUEUE: 'sqs' },
    ...(await createTables(dynamoDb.url)),
    WHATSAPP_QUEUE_URL: queueUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const questionAsked = Promise.withResolvers<void>();
  const echo = echoReplies({ clock: realClock, wordMs: 500 });
  const { simulator, backendUrl, startApp } = await startSystem({
    folder: temporaryFolder(),
    simulator: { redelivery: { firstMs: 200, factor: 1.5, maxMs: 2_000 } },
    replies: (...question) => {
      questionAsked.resolve();
      return echo(...question);
    },
    environment: aws,
  });
  const web = await startApp();
  const addresses = {
    BACKEND_SERVER_URL: backendUrl,
    META_API_URL: simulator.url,
    BATCH_WINDOW_SECONDS: '0',
  };
  const worker = new WorkerProcess({ ...aws, ...addresses }, join(temporaryFolder(), 'worker.log'));
  onTestFinished(() => worker.kill());
  worker.start();

  for (const person of PEOPLE) simulator.say(person, 'How is the night prayer prayed?');
  await simulator.idle();
  await questionAsked.promise;
  return { simulator, web, worker, dynamoDb, sqs, countWakeUps };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;

async function createTables(endpoint: string) {
  const client = new DynamoDBClient({ region: REGION, credentials: CREDENTIALS, endpoint });
  const tables = [
    ['CONVERSATIONS_TABLE', TABLES.conversations],
    ['CONVERSATIONS_STAGE_TABLE', TABLES.stage],
    ['CONVERSATIONS_TRIGGER_LOCK_TABLE', TABLES.triggerLock],
  ] as const;
  for (const [name, shape] of tables) await createTable(client, name, shape);
  client.destroy();
  return Object.fromEntries(tables.map(([name]) => [name, name]));
}

async function openQueue(endpointUrl: string) {
  const settings = clientSettings({ region: REGION, endpointUrl });
  const client = new SQSClient({ ...settings, credentials: CREDENTIALS });
  onTestFinished(() => client.destroy());
  const { QueueUrl: emulatorUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
  // Emulators return a queue URL with a host of their own. Only the path matters.
  const url = new URL(new URL(emulatorUrl).pathname, endpointUrl).href;
  return {
    url,
    /** `all` includes delayed messages and those that were received and not deleted. */
    async count(): Promise<{ ready: number; all: number }> {
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
      const { Attributes: found = {} } = await client.send(command);
      const ready = Number(found.ApproximateNumberOfMessages);
      const others = [found.ApproximateNumberOfMessagesDelayed, found.ApproximateNumberOfMessagesNotVisible];
      return { ready, all: others.reduce((sum, more) => sum + Number(more), ready) };
    },
  };
}
