import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Call, type Fate, type FaultProxy, startFaultProxy } from '#scripts/chaos/aws/fault-proxy.ts';
import { REGION, startDynamoDb, type TableNames } from '../../fakes/dynamodb.ts';
import { type RunningApp, startApp } from '../../fakes/running-app.ts';
import { startSqs } from '../../fakes/sqs.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/** The fault of each call to one of the two services; undefined forwards it. */
type ChooseFault = (call: Call) => Fate | undefined;
const faults: { dynamoDb?: ChooseFault; sqs?: ChooseFault } = {};
let proxies: Record<'dynamoDb' | 'sqs', FaultProxy>;
let tables: TableNames;
let queueUrl: string;
beforeAll(async () => {
  proxies = {
    dynamoDb: await startFaultProxy(dynamoDb.endpointUrl, (call) => faults.dynamoDb?.(call)),
    sqs: await startFaultProxy(sqs.endpointUrl, (call) => faults.sqs?.(call)),
  };
  tables = await dynamoDb.tables();
  queueUrl = (await sqs.queue()).url;
  return async () => {
    await Promise.all([proxies.dynamoDb.close(), proxies.sqs.close()]);
  };
});
beforeEach(() => {
  delete faults.dynamoDb;
  delete faults.sqs;
});

function environment(changes: Readonly<Record<string, string>> = {}) {
  return {
    ...{ STORE: 'dynamodb', QUEUE: 'sqs', ASSISTANT: 'echo', MOCK_META_API: 'true', AWS_REGION: REGION },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamoDb.url,
    AWS_ENDPOINT_URL_SQS: proxies.sqs.url,
    CONVERSATIONS_TABLE: tables.conversationsTable,
    CONVERSATIONS_STAGE_TABLE: tables.stageTable,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLockTable,
    WHATSAPP_QUEUE_URL: queueUrl,
    ...changes,
  };
}

/** Messages of AWS may contain keys and values. */
const SECRET = '15550001111';
const refused = (type: string) => (): Fate => ({
  kind: 'respond',
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws#${type}`, message: `key ${SECRET}` }),
});

const READINESS = z.object({ ready: z.boolean(), reason: z.string().optional() });

async function readiness({ url }: RunningApp): Promise<{ status: number; reason: string | undefined }> {
  const response = await fetch(`${url}/ready`);
  const { reason } = READINESS.parse(await response.json());
  return { status: response.status, reason };
}

/** Polls, since on a busy machine the SDK's retries of a throttled call may exceed the time limit of the page. */
async function expectReason(app: RunningApp, what: string, advice: string): Promise<void> {
  const reason = new RegExp(`^${what} test-\\S+ in us-west-2: (?!.*${SECRET}).*${advice}`);
  await expect
    .poll(() => readiness(app), { timeout: 25_000 })
    .toEqual({ status: 503, reason: expect.stringMatching(reason) });
}

describe('GET /ready in AWS', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(environment());
    return () => app.close();
  });

  it('is 200 when tables and queue are available', async () => {
    expect(await readiness(app)).toEqual({ status: 200, reason: undefined });
  });

  it.each([
    ['ResourceNotFoundException', 'not found there. Create it, or correct its name or AWS_REGION'],
    ['AccessDeniedException', 'no permission'],
    ['ExpiredTokenException', 'the AWS credentials have expired'],
    ['UnrecognizedClientException', 'AWS does not know these credentials'],
    ['InvalidSignatureException', 'AWS_REGION'],
    ['ProvisionedThroughputExceededException', 'AWS throttles us'],
    ['ThrottlingException', 'AWS throttles us'],
  ])('names the table and explains %s of DynamoDB', async (type, advice) => {
    faults.dynamoDb = refused(type);
    await expectReason(app, 'DynamoDB table', advice);
  });

  it.each([
    ['QueueDoesNotExist', 'not found there'],
    ['AccessDenied', 'no permission'],
    ['ExpiredToken', 'the AWS credentials have expired'],
    ['InvalidClientTokenId', 'AWS does not know these credentials'],
    ['RequestThrottled', 'AWS throttles us'],
  ])('names the queue and explains %s of SQS', async (type, advice) => {
    faults.sqs = refused(type);
    await expectReason(app, 'SQS queue', advice);
  });

  it('reports that AWS cannot be reached, and recovers', async () => {
    faults.sqs = () => ({ kind: 'reset', forwarded: false });
    await expectReason(app, 'SQS queue', 'AWS cannot be reached. Look at AWS_REGION');
    delete faults.sqs;
    await expect.poll(() => readiness(app)).toMatchObject({ status: 200 });
  });
});

describe('the web service in AWS', () => {
  it.each([
    ['CONVERSATIONS_STAGE_TABLE', /^DynamoDB table elsewhere in us-west-2: not found there/],
    ['CONVERSATIONS_TRIGGER_LOCK_TABLE', /^DynamoDB table elsewhere in us-west-2: not found there/],
    ['WHATSAPP_QUEUE_URL', /^SQS queue elsewhere in us-west-2: not found there/],
  ])('names the resource of a wrong %s', async (variable, sentence) => {
    const wrong = variable === 'WHATSAPP_QUEUE_URL' ? queueUrl.replace(/[^/]+$/, 'elsewhere') : 'elsewhere';
    const app = await startApp(environment({ [variable]: wrong }));
    try {
      await expect.poll(async () => (await readiness(app)).reason).toMatch(sentence);
    } finally {
      await app.close();
    }
  });
});
