import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Replies } from '#app/backend/replies.ts';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { startBackend } from '#app/backend/start.ts';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { awsWorker } from './aws-worker.ts';
import type { DynamoDb } from './dynamodb.ts';
import { processBatch } from './event-source.ts';
import { temporaryFolder } from './folder.ts';
import { fakeServer } from './http-server.ts';
import { type Container, startContainer } from './lambda.ts';
import type { ShippedWorker } from './shipped-worker.ts';
import type { Sqs } from './sqs.ts';
import { startSsm } from './ssm.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import { wallClock as clock } from './wall-clock.ts';

interface Resources {
  readonly shipped: ShippedWorker;
  readonly sqs: Sqs;
  readonly dynamoDb: DynamoDb;
}

export interface ContainerOptions {
  readonly replies?: Replies;
  /** Other values, by the last segment of the parameter name. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * The shipped worker in a Lambda container, with its own queue and tables, the reference backend and the simulated
 * WhatsApp.
 */
export async function startWorkerContainer(
  { shipped, sqs, dynamoDb }: Resources,
  { replies = echoReplies({ clock, wordMs: 0 }), parameters: changed = {} }: ContainerOptions,
) {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const resources = { dynamoDb, tables, sqs, queueUrl: queue.url };
  const web = awsWorker({ clock, ...resources });
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
  // The connections of the container to all its servers can be closed.
  const proxies = {
    dynamoDb: await proxyTo(dynamoDb.endpointUrl),
    sqs: await proxyTo(sqs.endpointUrl),
    graph: await proxyTo(simulator.url),
    backend: await proxyTo(backend.url),
  };
  const parameters = shipped.parameters({
    'conversations-table': tables.conversationsTable,
    'conversations-stage-table': tables.stageTable,
    'conversations-trigger-lock-table': tables.triggerLockTable,
    'whatsapp-queue-url': new URL(new URL(queue.url).pathname, proxies.sqs.url).href,
    'backend-server-url': proxies.backend.url,
    'meta-api-url': proxies.graph.url,
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
      AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamoDb.url,
      AWS_ENDPOINT_URL_SQS: proxies.sqs.url,
      AWS_ENDPOINT_URL_SSM: await startSsm(parameters),
    },
  });
  return {
    ...{ queue, web, container },
    workerAMinuteAgo: awsWorker({ clock: { ...clock, now: () => clock.now() - 60_000 }, ...resources }),
    closeConnections: () => Object.values(proxies).map((proxy) => proxy.closeConnections()),
    sentTexts: () => simulator.replies.list().map(({ text }) => text),
    batch: (remainingMs?: number) =>
      processBatch({
        sqs: web.wire,
        queueUrl: queue.url,
        // More than the infrastructure configures: the handler accepts any batch.
        batchSize: 10,
        visibilitySeconds: shipped.visibilitySeconds,
        invoke: (event) => invokeForResponse(container, event, remainingMs),
      }),
  };
}

async function proxyTo(url: string) {
  const proxy = await startTcpProxy();
  proxy.forwardTo(Number(new URL(url).port));
  return proxy;
}

/** Resolves to the response. Rejects when there is none. */
export async function invokeForResponse(
  container: Container,
  event: unknown,
  remainingMs?: number,
): Promise<unknown> {
  const outcome = await container.invoke(event, remainingMs);
  if (outcome === 'timed out' || 'error' in outcome) throw new Error(JSON.stringify(outcome));
  return outcome.response;
}
