import { type ChildProcess, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmulatedAccount } from './emulated-account.ts';
import { canRun } from './needs.ts';
import { ended, PulumiProject, type State } from './pulumi-project.ts';

const endpoint = process.env.AWS_ENDPOINT_URL;
const hasCli = spawnSync('pulumi', ['version']).status === 0;
const why = [
  ...(hasCli ? [] : ['no pulumi on PATH']),
  ...(endpoint === undefined ? ['no AWS_ENDPOINT_URL'] : []),
];

const SECRETS = {
  META_APP_SECRET: 'app-secret-of-an-engine-test',
  META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-an-engine-test',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-an-engine-test',
  WHATSAPP_SERVICE_API_KEY: 'service-key-of-an-engine-test',
};
/** Only the door reads it, and it may be absent. */
const OF_THE_DOOR = { ADMIN_TOKEN: 'admin-token-of-an-engine-test' };
const digest = (of: string) =>
  `123456789012.dkr.ecr.us-west-2.amazonaws.com/ansari-whatsapp@sha256:${of.repeat(64)}`;

/** Resolves when the resource is the only one that is still being created: queues take AWS and its emulators long. */
function onlyWaitsFor(up: ChildProcess, resource: string): Promise<void> {
  const creating = new Set<string>();
  return new Promise((done) => {
    if (up.stdout === null) throw new Error('the output of pulumi is not read');
    createInterface({ input: up.stdout }).on('line', (line) => {
      const [, name = '', verb] = line.match(/(aws:\S+ \S+) (creating|created) \(/) ?? [];
      if (verb === 'creating') creating.add(name);
      if (verb === 'created') creating.delete(name);
      if (verb === 'created' && creating.size === 1 && creating.has(resource)) done();
    });
  });
}

describe.skipIf(!canRun('pulumi', why))('pulumi, with its real engine', () => {
  const project = new PulumiProject();
  const account = new EmulatedAccount(endpoint ?? '');

  beforeAll(() => account.reset());
  afterAll(() => project.remove());

  const configure = async (stack: string) => {
    for (const [name, value] of Object.entries({ ...SECRETS, ...OF_THE_DOOR }))
      await project.must('config', 'set', '--secret', name, value, '--stack', stack);
    const set = (...args: string[]) => project.must('config', 'set', ...args, '--stack', stack);
    await set('--path', 'environment.META_BUSINESS_PHONE_NUMBER_ID', '100000000000001');
    await set('--path', 'environment.BACKEND_SERVER_URL', 'https://backend.example.org');
    await set('image', digest('1'));
  };
  const find = (state: State, type: string) => state.find((resource) => resource.type === type);
  const door = (state: State) => JSON.stringify(find(state, 'aws:apprunner/service:Service')?.inputs);
  const worker = (state: State) =>
    JSON.stringify(find(state, 'aws:lambda/function:Function')?.inputs.environment);

  it('stops before anything is created when secrets are missing, and prints every command', async () => {
    await project.must('stack', 'init', 'staging');
    const { code, text } = await project.run('up', '--yes', '--stack', 'staging');
    expect(code).not.toBe(0);
    for (const name of Object.keys(SECRETS))
      expect(text).toContain(`pulumi config set --secret ${name} --stack staging`);
    expect((await project.state('staging')).filter(({ type }) => !type.startsWith('pulumi:'))).toEqual([]);
    expect(await account.tableNames()).toEqual([]);
  });

  it('creates the account, and then changes nothing', async () => {
    await project.must('stack', 'init', 'shared');
    await project.must('up', '--yes', '--stack', 'shared');
    expect(await project.changes('shared')).toEqual({});
  });

  it('creates staging, and then changes nothing', async () => {
    await configure('staging');
    await project.must('up', '--yes', '--stack', 'staging');
    expect(await project.changes('staging')).toEqual({});
    const outputs = await project.outputs('staging');
    expect(outputs).toMatchObject({
      image: digest('1'),
      url: expect.stringMatching(/^https:\/\//),
      webhookUrl: `${outputs.url}/whatsapp/v2`,
    });
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining(['serviceArn', 'queueUrl', 'deadLetterQueueUrl', 'dashboardUrl']),
    );
  });

  it('writes no secret into the state', async () => {
    const state = await project.must('stack', 'export', '--stack', 'staging');
    for (const secret of Object.values({ ...SECRETS, ...OF_THE_DOOR })) expect(state).not.toContain(secret);
  });

  it('has made what the account then says it has', async () => {
    const parameters = await account.parameters('/app-runtime/ansari-whatsapp/staging');
    expect(parameters['meta-app-secret']).toEqual({ type: 'SecureString', value: SECRETS.META_APP_SECRET });
    expect(parameters.store).toEqual({ type: 'String', value: 'dynamodb' });
    expect(parameters['meta-business-phone-number-id']?.value).toBe('100000000000001');

    const { queueUrl, deadLetterQueueUrl } = await project.outputs('staging');
    const queue = await account.queueAttributes(String(queueUrl));
    expect(parameters['whatsapp-queue-url']?.value).toBe(queueUrl);
    expect(queue).toMatchObject({ VisibilityTimeout: '3600', SqsManagedSseEnabled: 'true' });
    const dead = await account.queueAttributes(String(deadLetterQueueUrl));
    expect(JSON.parse(String(queue.RedrivePolicy))).toMatchObject({
      deadLetterTargetArn: dead.QueueArn,
      maxReceiveCount: 8,
    });

    expect((await account.tableNames()).sort()).toEqual(
      ['conversations', 'stage', 'trigger-lock'].map((name) => `ansari-whatsapp-staging-${name}`),
    );
    const table = await account.json('dynamodb', 'DynamoDB_20120810.DescribeTable', {
      TableName: 'ansari-whatsapp-staging-conversations',
    });
    expect(table).toMatchObject({
      Table: {
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        SSEDescription: { Status: 'ENABLED' },
      },
    });

    const mappings = await account.get('lambda', '/2015-03-31/event-source-mappings/');
    expect(mappings).toMatchObject({
      EventSourceMappings: [
        { BatchSize: 5, EventSourceArn: queue.QueueArn, FunctionResponseTypes: ['ReportBatchItemFailures'] },
      ],
    });

    const policy = await account.query('iam', {
      Action: 'GetRolePolicy',
      RoleName: 'ansari-whatsapp-staging-door',
      PolicyName: 'rights',
      Version: '2010-05-08',
    });
    expect(policy).toContain('SendWakeUps');
    expect(policy).not.toContain('ReceiveMessage');
    const alarms = await account.query('monitoring', { Action: 'DescribeAlarms', Version: '2010-08-01' });
    expect(alarms).toContain('ansari-whatsapp-staging-dead-wake-ups');
    expect(alarms).toContain('ansari-whatsapp-staging-logged-token-refused');
  });

  it('updates the service for a new image, and replaces nothing', async () => {
    await project.must('config', 'set', 'image', digest('2'), '--stack', 'staging');
    expect(await project.changes('staging')).toEqual({ update: ['Service door'] });
    await project.must('up', '--yes', '--stack', 'staging');
    expect(await project.outputs('staging')).toMatchObject({ image: digest('2') });
  });

  it('lets a changed secret reach the program that reads it', async () => {
    const before = await project.state('staging');
    await project.must(
      'config',
      'set',
      '--secret',
      'ADMIN_TOKEN',
      'another-secret-of-an-engine-test',
      '--stack',
      'staging',
    );
    expect(await project.changes('staging')).toEqual({
      update: ['Parameter admin-token', 'Service door'],
    });
    await project.must('up', '--yes', '--stack', 'staging');
    const after = await project.state('staging');
    expect(door(after)).not.toBe(door(before));
    expect(worker(after)).toBe(worker(before));
    const parameters = await account.parameters('/app-runtime/ansari-whatsapp/staging');
    expect(parameters['admin-token']?.value).toBe('another-secret-of-an-engine-test');
    expect(JSON.stringify(after)).not.toContain('another-secret-of-an-engine-test');
  });

  it('lets a changed variable reach both programs', async () => {
    await project.must('config', 'set', '--path', 'environment.LOGGING_LEVEL', 'warn', '--stack', 'staging');
    expect(await project.changes('staging')).toEqual({
      update: ['Function worker', 'Parameter logging-level', 'Service door'],
    });
    await project.must('up', '--yes', '--stack', 'staging');
    expect((await account.parameters('/app-runtime/ansari-whatsapp/staging'))['logging-level']?.value).toBe(
      'warn',
    );
  });

  it('moves the door to ECS and keeps tables, queue and parameters', async () => {
    await project.must('config', 'set', 'compute', 'ecs-express', '--stack', 'staging');
    const changes = await project.changes('staging');
    const touched = Object.values(changes).flat();
    expect(
      touched.filter((name) => /^(Table|Queue|Parameter|Function|EventSourceMapping) /.test(name)),
    ).toEqual([]);
    expect(changes.create).toContain('ExpressGatewayService door');
    expect(changes.delete).toContain('Service door');
    await project.must('up', '--yes', '--stack', 'staging');
    expect(await project.changes('staging')).toEqual({});
    expect(await project.outputs('staging')).toMatchObject({
      image: digest('2'),
      url: expect.stringContaining('.on.aws'),
    });
  });

  it('recovers an up that was killed in the middle', async () => {
    await project.must('stack', 'init', 'production');
    await configure('production');
    const up = project.start('up', '--yes', '--stack', 'production');
    const end = ended(up);
    await onlyWaitsFor(up, 'aws:sqs:Queue turns-dead');
    up.kill('SIGKILL');
    await end;
    await project.must('cancel', '--yes', '--stack', 'production');
    await project.must('refresh', '--yes', '--clear-pending-creates', '--stack', 'production');
    await project.must('up', '--yes', '--stack', 'production');
    expect(await project.changes('production')).toEqual({});
    expect((await account.tableNames()).filter((name) => name.includes('production'))).toHaveLength(3);
  });

  it('refuses to destroy production, and to replace what holds its data', async () => {
    const destroyed = await project.run('destroy', '--yes', '--stack', 'production');
    expect(destroyed.code).not.toBe(0);
    expect(destroyed.text).toContain('protect');
    const holding = (await project.state('production')).filter(({ type }) =>
      /dynamodb\/table|sqs\/queue/.test(type),
    );
    expect(holding).toHaveLength(5);
    for (const { urn } of holding) {
      const replaced = await project.run('preview', '--replace', urn, '--stack', 'production');
      expect(replaced.code, urn).not.toBe(0);
      expect(replaced.text).toContain(`unable to replace resource "${urn}"`);
    }
    expect((await account.tableNames()).filter((name) => name.includes('production'))).toHaveLength(3);
  });

  it('destroys staging and leaves nothing of it', async () => {
    await project.must('destroy', '--yes', '--stack', 'staging');
    expect((await account.tableNames()).filter((name) => name.includes('staging'))).toEqual([]);
    expect((await account.queueUrls()).filter((url) => url.includes('staging'))).toEqual([]);
    expect(await account.parameters('/app-runtime/ansari-whatsapp/staging')).toEqual({});
  });
});
