import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { awsWorker } from '../fakes/aws-worker.ts';
import { bareEnvironment } from '../fakes/bare-environment.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { message } from '../fakes/messages.ts';
import { startSqs } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';
import { EMBEDDED_LINE } from './metrics/embedded-schema.ts';

const root = join(import.meta.dirname, '../..');
const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/** The polling worker as its own process, with tables and a queue of its own. */
async function startWorker(environment: Readonly<Record<string, string>>) {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const web = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url });
  const child = spawn(process.execPath, ['app/server.ts', '--worker'], {
    cwd: root,
    env: {
      ...bareEnvironment(),
      ...{ STORE: 'dynamodb', QUEUE: 'sqs', ASSISTANT: 'echo', MOCK_META_API: 'true', WORKER_PORT: '0' },
      ...{ AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpointUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
      CONVERSATIONS_TABLE: tables.conversationsTable,
      CONVERSATIONS_STAGE_TABLE: tables.stageTable,
      CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLockTable,
      WHATSAPP_QUEUE_URL: queue.url,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const closed = once(child, 'close');
  const close = () => {
    child.kill();
    return closed;
  };
  onTestFinished(async () => void (await close()));
  const printed = (pattern: RegExp) =>
    expect
      .poll(() => output, { timeout: 30_000 })
      .toMatch(pattern)
      .then(() => pattern.exec(output)?.[1] ?? '');
  return { web, close, printed, output: () => output };
}

it('shows what it did to those with the token, and is alive and ready', { timeout: 60_000 }, async () => {
  const worker = await startWorker({ METRICS_TOKEN: 'a-token-of-scrapers' });
  const url = await worker.printed(/"url":"([^"]+)"/);
  await worker.web.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  await worker.printed(/"event":"turn".*"outcome":"answered"/);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const response = await fetch(`${url}/metrics`, {
    headers: { authorization: 'Bearer a-token-of-scrapers' },
  });
  const lines = (await response.text()).split('\n');
  for (const line of [
    'ansari_whatsapp_turns_total{outcome="answered"} 1',
    'ansari_whatsapp_parts_total{outcome="sent"} 1',
    'ansari_whatsapp_turn_stage_seconds_count{stage="first_part"} 1',
    'ansari_whatsapp_wake_up_seconds_count 1',
    'ansari_whatsapp_waiting_messages 0',
  ])
    expect(lines).toContain(line);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ ready: true });
  expect((await fetch(`${url}/whatsapp/v2`, { method: 'POST', body: '{}' })).status).toBe(404);
  await worker.close();
  expect(worker.output()).not.toContain('"_aws"');
});

it('writes the lines of CloudWatch where it is deployed, the last one at its end', {
  timeout: 60_000,
}, async () => {
  const worker = await startWorker({ DEPLOYMENT_TYPE: 'development', ...SECRETS });
  await worker.web.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  await worker.printed(/"event":"turn".*"outcome":"answered"/);
  await worker.close();
  const lines = worker
    .output()
    .split('\n')
    .filter((line) => line.includes('"_aws"'));
  expect(lines.map((line) => EMBEDDED_LINE.parse(JSON.parse(line)))).toEqual([
    expect.objectContaining({ environment: 'development', turns_answered: 1, parts_sent: 1 }),
  ]);
});

it('answers messages without its page where the port is taken', { timeout: 60_000 }, async () => {
  const other = await fakeServer((response) => response.end());
  onTestFinished(() => other.close());
  const worker = await startWorker({ WORKER_PORT: new URL(other.url).port });
  await worker.printed(
    /are not served; it works without.*is in use by another program: stop that one, or set WORKER_PORT/,
  );
  await worker.web.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  await worker.printed(/"event":"turn".*"outcome":"answered"/);
});

const SECRETS = {
  META_APP_SECRET: '0c9f3b7de1a84f6f92d0bb6a7c1e5d48',
  META_WEBHOOK_VERIFY_TOKEN: 'Vd8q2Lr7Xw4Zt1Ns',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'EAAGm0PX4ZCpsBAKq7w',
  META_BUSINESS_PHONE_NUMBER_ID: '100000000000001',
};
