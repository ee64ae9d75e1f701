import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { awsWorker } from '../fakes/aws-worker.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { message } from '../fakes/messages.ts';
import { startSqs } from '../fakes/sqs.ts';
import { startSsm } from '../fakes/ssm.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';
import { EMBEDDED_LINE } from './metrics/embedded-schema.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();
const entry = join(import.meta.dirname, '../../app/worker.ts');

/** Imports the entry as Lambda does, passes it the event of its environment, and prints the result. */
const HARNESS = `
  const { handler } = await import(process.env.TEST_ENTRY);
  const answer = await handler(JSON.parse(process.env.TEST_EVENT), { getRemainingTimeInMillis: () => 60_000 });
  console.log(JSON.stringify({ answer }));
  process.exit(0);
`;

async function invoke(event: unknown, env: Record<string, string>): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', HARNESS], {
    env: { ...env, TEST_ENTRY: entry, TEST_EVENT: JSON.stringify(event) },
  });
  return stdout.trim().split('\n');
}

it('is a Lambda function that reads its configuration from the environment and from parameters', async () => {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const web = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url });
  await web.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  const [body = ''] = await queue.take(1);
  const env = {
    ...{ STORE: 'dynamodb', QUEUE: 'sqs', ASSISTANT: 'echo', MOCK_META_API: 'true', AWS_REGION: 'us-west-2' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpointUrl,
    AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
    AWS_ENDPOINT_URL_SSM: await startSsm({ '/stack/conversations-table': tables.conversationsTable }),
    CONVERSATIONS_TABLE: 'ssm:/stack/conversations-table',
    CONVERSATIONS_STAGE_TABLE: tables.stageTable,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLockTable,
    WHATSAPP_QUEUE_URL: queue.url,
  };
  const record = {
    ...{ eventSource: 'aws:sqs', messageId: 'm', receiptHandle: 'r', body },
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(clock.now() - 1_000) },
  };
  const lines = await invoke({ Records: [record] }, env);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ answer: { batchItemFailures: [] } });
  expect(lines.some((line) => /"event":"turn".*"outcome":"answered"/.test(line))).toBe(true);
  const [metrics, ...more] = lines.filter((line) => line.includes('"_aws"'));
  expect(more).toEqual([]);
  const counted = EMBEDDED_LINE.parse(JSON.parse(metrics ?? ''));
  expect(counted).toMatchObject({ environment: 'local', turns_answered: 1, parts_sent: 1 });
  expect(Object.keys(counted)).toEqual(
    expect.arrayContaining(['answer_seconds', 'wake_up_seconds', 'assistant_seconds']),
  );
  expect(await web.store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
});
