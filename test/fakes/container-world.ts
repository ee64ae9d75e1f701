import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Replies } from '#app/backend/replies.ts';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { startBackend } from '#app/backend/start.ts';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { awsWorker } from './aws-worker.ts';
import type { DynamoDb } from './dynamodb.ts';
import { oneBatch } from './event-source.ts';
import { temporaryFolder } from './folder.ts';
import { fakeServer } from './http-server.ts';
import { type Container, startContainer } from './lambda.ts';
import type { ShippedWorker } from './shipped-worker.ts';
import type { Sqs } from './sqs.ts';
import { startSsm } from './ssm.ts';
import { startSwitchboard } from './switchboard.ts';
import { wallClock as clock } from './wall-clock.ts';

interface Place {
  readonly shipped: ShippedWorker;
  readonly sqs: Sqs;
  readonly dynamoDb: DynamoDb;
}

export interface Told {
  readonly replies?: Replies;
  /** Other values, by the last word of the parameter. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The shipped worker in a container of Lambda, between a queue and tables of its own, the reference backend and the simulated WhatsApp. */
export async function startContainerWorld(
  { shipped, sqs, dynamoDb }: Place,
  { replies = echoReplies({ clock, wordMs: 0 }), parameters: changed = {} }: Told,
) {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const place = { dynamoDb, tables, sqs, queueUrl: queue.url };
  const web = awsWorker({ clock, ...place });
  const meta = await fakeServer((answer) => answer.end('{}'));
  const simulator = await createSimulator({
    webhookUrl: meta.url,
    acceptsUnknownRecipients: true,
    accessToken: 'access-token-of-a-test',
  });
  const backend = await startBackend({
    ...{ port: 0, apiKeys: ['service-key-of-a-test'], clock, newId: randomUUID, replies },
    databasePath: join(temporaryFolder(), 'backend.db'),
  });
  onTestFinished(async () => {
    await Promise.all([simulator.close(), backend.close(), meta.close()]);
  });
  // Everything that the container talks to can be hung up on.
  const lines = {
    dynamoDb: await lineTo(dynamoDb.endpointUrl),
    sqs: await lineTo(sqs.endpointUrl),
    graph: await lineTo(simulator.url),
    backend: await lineTo(backend.url),
  };
  const parameters = shipped.parameters({
    'conversations-table': tables.conversationsTable,
    'conversations-stage-table': tables.stageTable,
    'conversations-trigger-lock-table': tables.triggerLockTable,
    'whatsapp-queue-url': new URL(new URL(queue.url).pathname, lines.sqs.url).href,
    'backend-server-url': lines.backend.url,
    'meta-api-url': lines.graph.url,
    'whatsapp-service-api-key': 'service-key-of-a-test',
    'meta-access-token-from-sys-user': 'access-token-of-a-test',
    'meta-business-phone-number-id': '100000000000001',
    'meta-app-secret': 'app-secret-of-a-test',
    'meta-webhook-verify-token': 'verify-token-of-a-test',
    ...changed,
  });
  const container = await startContainer({
    ...shipped,
    folder: shipped.unpack(),
    environment: {
      ...shipped.environment,
      AWS_ENDPOINT_URL_DYNAMODB: lines.dynamoDb.url,
      AWS_ENDPOINT_URL_SQS: lines.sqs.url,
      AWS_ENDPOINT_URL_SSM: await startSsm(parameters),
    },
  });
  return {
    ...{ queue, web, container },
    aMinuteAgo: awsWorker({ clock: { ...clock, now: () => clock.now() - 60_000 }, ...place }),
    hangUp: () => Object.values(lines).map((line) => line.hangUp()),
    said: () => simulator.replies.list().map(({ text }) => text),
    batch: (remainingMs?: number) =>
      oneBatch({
        sqs: web.wire,
        queueUrl: queue.url,
        // More than the infrastructure asks for: the handler takes any batch.
        most: 10,
        visibilitySeconds: shipped.visibilitySeconds,
        invoke: (event) => respond(container, event, remainingMs),
      }),
  };
}

async function lineTo(url: string) {
  const line = await startSwitchboard();
  line.to(Number(new URL(url).port));
  return line;
}

/** Answers the response; rejects when there is none. */
export async function respond(container: Container, event: unknown, remainingMs?: number): Promise<unknown> {
  const outcome = await container.invoke(event, remainingMs);
  if (outcome === 'timed out' || 'error' in outcome) throw new Error(JSON.stringify(outcome));
  return outcome.response;
}
