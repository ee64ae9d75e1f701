import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsParts } from '#app/compose/aws.ts';
import { readConfig } from '#app/config.ts';
import { withParameters } from '#app/worker/parameters.ts';
import { startDynamoDb, type TableNames } from '../../fakes/dynamodb.ts';
import { startSqs } from '../../fakes/sqs.ts';
import { startSsm } from '../../fakes/ssm.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();
const UNREACHABLE = 'http://127.0.0.1:1';

let tables: TableNames;
let queueUrl: string;
beforeAll(async () => {
  tables = await dynamoDb.tables();
  queueUrl = (await sqs.queue()).url;
});
afterEach(() => vi.unstubAllEnvs());

/** The AWS parts of a program with this environment, which the AWS SDK reads from the process. */
function partsIn(changes: Readonly<Record<string, string>>) {
  const environment = {
    ...{ STORE: 'dynamodb', QUEUE: 'sqs', AWS_REGION: 'us-west-2' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    CONVERSATIONS_TABLE: tables.conversationsTable,
    CONVERSATIONS_STAGE_TABLE: tables.stageTable,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLockTable,
    WHATSAPP_QUEUE_URL: queueUrl,
    ...changes,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const config = readConfig(process.env);
  if (config.store.kind !== 'dynamodb') throw new Error('another store');
  const { store, queue } = awsParts(config, config.store);
  if (queue === undefined) throw new Error('no queue');
  return { store, queue };
}

describe('a custom endpoint', () => {
  it('of one service takes precedence over that of all', async () => {
    const { store, queue } = partsIn({
      AWS_ENDPOINT_URL: UNREACHABLE,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpointUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
    });
    await store.ready();
    await queue.ready();
    vi.stubEnv('AWS_ENDPOINT_URL_SSM', await startSsm({ '/stack/port': '1' }));
    expect(await withParameters({ PORT: 'ssm:/stack/port' })).toEqual({ PORT: '1' });
  });

  it('of all applies to a service without its own', async () => {
    const { store, queue } = partsIn({
      AWS_ENDPOINT_URL: dynamoDb.endpointUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
    });
    await store.ready();
    await queue.ready();
    vi.stubEnv('AWS_ENDPOINT_URL', await startSsm({ '/stack/port': '1' }));
    expect(await withParameters({ PORT: 'ssm:/stack/port' })).toEqual({ PORT: '1' });
  });

  it("takes precedence over the host in the queue's URL, as emulators and private endpoints need it", async () => {
    const { pathname } = new URL(queueUrl);
    const { queue } = partsIn({
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpointUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpointUrl,
      WHATSAPP_QUEUE_URL: `https://sqs.us-west-2.amazonaws.com${pathname}`,
    });
    await queue.ready();
    await queue.wake('conversation-1', 0);
  });
});
