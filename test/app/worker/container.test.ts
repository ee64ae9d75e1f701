import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { echoReplies, type Replies } from '../../../app/backend/replies.ts';
import { startBackend } from '../../../app/backend/start.ts';
import { createSimulator } from '../../../scripts/simulator/simulator.ts';
import { awsWorker } from '../../fakes/aws-worker.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { oneBatch } from '../../fakes/event-source.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { fakeServer } from '../../fakes/http-server.ts';
import { type Container, startContainer } from '../../fakes/lambda.ts';
import { AISHA, BILAL, message } from '../../fakes/messages.ts';
import { shippedWorker } from '../../fakes/shipped-worker.ts';
import { startSqs } from '../../fakes/sqs.ts';
import { startSsm } from '../../fakes/ssm.ts';
import { startSwitchboard } from '../../fakes/switchboard.ts';
import { wallClock as clock } from '../../fakes/wall-clock.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();
const shipped = await shippedWorker(['META_API_URL', 'BACKEND_SERVER_URL']);

const echo = echoReplies({ clock, wordMs: 0 });
const now = (text: string, person = AISHA) => message(text, { sentAt: clock.now(), person });

/** The shipped function, between a queue and tables of its own, the reference backend and the simulated WhatsApp. */
async function startWorld({
  replies = echo,
  ...changed
}: {
  readonly replies?: Replies;
  readonly [parameter: string]: string | Replies | undefined;
} = {}) {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const place = { dynamoDb, tables, sqs, queueUrl: queue.url };
  const door = awsWorker({ clock, ...place });
  const meta = await fakeServer((answer) => answer.end('{}'));
  const simulator = await createSimulator({
    webhookUrl: meta.url,
    welcomesStrangers: true,
    accessToken: 'access-token',
  });
  const backend = await startBackend({
    ...{ port: 0, apiKeys: ['service-key'], clock, newId: randomUUID, replies },
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
    'whatsapp-service-api-key': 'service-key',
    'meta-access-token-from-sys-user': 'access-token',
    'meta-business-phone-number-id': '100000000000001',
    'meta-app-secret': 'app-secret',
    'meta-webhook-verify-token': 'verify-token',
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
    ...{ queue, door, container },
    aMinuteAgo: awsWorker({ clock: { ...clock, now: () => clock.now() - 60_000 }, ...place }),
    hangUp: () => Object.values(lines).map((line) => line.hangUp()),
    said: () => simulator.replies.list().map(({ text }) => text),
    batch: (remainingMs?: number) =>
      oneBatch({
        sqs: door.wire,
        queueUrl: queue.url,
        most: shipped.batchSize,
        visibilitySeconds: shipped.visibilitySeconds,
        invoke: (event) => response(container, event, remainingMs),
      }),
  };
}

async function lineTo(url: string) {
  const line = await startSwitchboard();
  line.to(Number(new URL(url).port));
  return line;
}

async function response(container: Container, event: unknown, remainingMs?: number): Promise<unknown> {
  const outcome = await container.invoke(event, remainingMs);
  if (outcome === 'timed out' || 'error' in outcome) throw new Error(JSON.stringify(outcome));
  return outcome.response;
}

describe('the shipped worker, in a container of Lambda', { timeout: 30_000 }, () => {
  it('starts, answers a batch, and lets only what is no wake-up come again', async () => {
    const { queue, door, container, said, batch } = await startWorld();
    const started = await container.started;
    expect(started).toEqual({ coldStartMs: expect.any(Number) });
    if ('coldStartMs' in started)
      process.stdout.write(`cold start of the worker: ${Math.round(started.coldStartMs)} ms\n`);
    await door.deliver([now('one'), now('two', BILAL)]);
    await queue.send('rubbish');
    expect((await batch()).failed).toEqual(['rubbish']);
    expect(said()).toHaveLength(2);
    expect(container.output()).toContain('this is no wake-up');
    expect(await door.store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
  });

  it('goes on after it was frozen, with every connection gone meanwhile', async () => {
    const { door, said, batch, hangUp } = await startWorld();
    await door.deliver([now('one')]);
    await batch();
    hangUp();
    await door.deliver([now('two')]);
    expect((await batch()).failed).toEqual([]);
    expect(said()).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
  });

  it('gives back what is not done when its time is nearly over, and the next invocation says it once', async () => {
    const asked: string[] = [];
    const { door, said, batch, container } = await startWorld({
      replies: (question, history, signal) => {
        asked.push(question);
        return asked.length === 1 ? neverEnding(signal) : echo(question, history, signal);
      },
    });
    await door.deliver([now('one')]);
    const startedAt = performance.now();
    // It leaves itself 15 seconds to end.
    expect((await batch(16_000)).failed).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(container.output()).toContain('"outcome":"stopped"');
    expect(said()).toEqual([]);
    expect((await batch()).bodies).toHaveLength(1);
    expect(said()).toEqual([expect.stringContaining('one')]);
    expect(asked).toHaveLength(2);
    expect((await batch()).bodies).toEqual([]);
  });

  it('finds lost work when the schedule calls', async () => {
    const { aMinuteAgo, said, batch, container } = await startWorld();
    await aMinuteAgo.store.accept([now('one')]);
    expect(await response(container, SCHEDULED)).toBeNull();
    await batch();
    expect(said()).toEqual([expect.stringContaining('one')]);
  });

  it('says what it does not know, and goes on', async () => {
    const { door, said, batch, container } = await startWorld();
    expect(await container.invoke({ Records: [{ eventSource: 'aws:s3' }] })).toMatchObject({
      error: {
        errorType: 'Refused',
        errorMessage: 'This event is neither wake-ups of the queue nor the call of the schedule',
      },
    });
    await door.deliver([now('one')]);
    await batch();
    expect(said()).toHaveLength(1);
  });

  it('names everything that is wrong with its configuration, and does not start', async () => {
    const { container } = await startWorld({ 'logging-level': 'loud', 'meta-app-secret': '' });
    const started = await container.started;
    expect(started).toMatchObject({
      error: { errorMessage: expect.stringMatching(/LOGGING_LEVEL must be one of .*\n?.*META_APP_SECRET/s) },
    });
  });
});

/** What a rule with a schedule sends ("Amazon EventBridge event structure"). */
const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'us-west-2',
  resources: ['arn:aws:events:us-west-2:123456789012:rule/ansari-whatsapp-staging-sweep'],
  detail: {},
};

async function* neverEnding(signal: AbortSignal): AsyncGenerator<string> {
  yield 'About ';
  await clock.sleep(60_000, signal);
}
