import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pulumiErrorIn } from '#infra/cli/release/pulumi-errors.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { startContainer } from '../fakes/lambda.ts';
import { unzip } from '../fakes/zip.ts';
import { type AccountProxy, startAccountProxy } from './account-proxy.ts';
import { EmulatedAccount } from './emulated-account.ts';
import { canRun } from './needs.ts';
import { ended, onlyWaitsFor, PulumiProject, type State } from './pulumi-project.ts';
import { digest, ENDPOINT, MISSING, NO_APP_RUNNER, PLAIN, SECRETS } from './pulumi-settings.ts';

/** Only the web service reads it, and it may be absent. */
const WEB_SERVICE_ONLY = { ADMIN_TOKEN: 'admin-token-of-an-engine-test' };
const STACKS = ['shared', 'staging', 'production'];
const TABLES = ['conversations', 'stage', 'trigger-lock'];
const QUEUES = ['hand-offs', 'hand-offs-dead', 'turns', 'turns-dead'];

const of = (state: State, type: string) => state.find((resource) => resource.type === type);
const worker = (state: State) => of(state, 'aws:lambda/function:Function')?.inputs.environment;
const webService = (state: State) => of(state, 'aws:apprunner/service:Service')?.inputs;

describe.skipIf(!canRun('pulumi', [...MISSING, ...NO_APP_RUNNER]))('pulumi, with its real engine', () => {
  const project = new PulumiProject();
  const account = new EmulatedAccount(ENDPOINT);
  const took: Record<string, number> = {};
  let proxy: AccountProxy;
  /** What is there from the stack `shared` alone. */
  let ofShared: string[] = [];

  beforeAll(async () => {
    await account.reset();
    project.make();
    proxy = await startAccountProxy(ENDPOINT);
    project.use({ AWS_ENDPOINT_URL: proxy.url });
    for (const stack of STACKS) await project.must('stack', 'init', stack);
    await project.configure('shared', { alarmEmail: 'operators@example.org' });
    await project.configure('staging', { ...PLAIN, alarmEmail: 'staging@example.org' });
    await project.configure('production', PLAIN, { ...SECRETS, ...WEB_SERVICE_ONLY });
  });
  afterAll(async () => {
    await account.reset();
    project.remove();
    await proxy.close();
    const seconds = Object.entries(took).map(([what, ms]) => `${what} ${Math.round(ms / 1000)} s`);
    console.log(`three stacks: ${seconds.join(', ')}`);
  });

  async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now();
    await work();
    took[what] = performance.now() - startedAt;
  }

  /** An `up` of a new stack dies while it waits for a queue; afterwards the runbook is followed. */
  async function upKilledAndRecovered(stack: string): Promise<void> {
    const up = project.start(['up', '--yes', '--skip-preview', '--stack', stack]);
    const end = ended(up);
    await onlyWaitsFor(
      up,
      QUEUES.map((queue) => `aws:sqs:Queue ${queue}`),
    );
    up.kill('SIGKILL');
    await end;
    const locked = await project.run('up', '--yes', '--stack', stack);
    expect(pulumiErrorIn(locked.text, stack)).toContain(`pulumi cancel --stack ${stack}`);
    await project.must('cancel', '--yes', '--stack', stack);
    await project.must('refresh', '--yes', '--skip-preview', '--clear-pending-creates', '--stack', stack);
    await project.up(stack);
  }

  it('creates nothing when secrets are missing, and prints the command for each', async () => {
    const { code, text } = await project.run('up', '--yes', '--stack', 'staging');
    expect(code).not.toBe(0);
    for (const name of Object.keys(SECRETS))
      expect(text).toContain(`pulumi config set --secret ${name} --stack staging`);
    expect((await project.state('staging')).filter(({ type }) => !type.startsWith('pulumi:'))).toEqual([]);
    expect(await account.holding('ansari')).toEqual([]);
    await project.configure('staging', {}, { ...SECRETS, ...WEB_SERVICE_ONLY });
  });

  it('creates three stacks, one of them after a kill during its creation', async () => {
    await timed('up', async () => {
      await project.up('shared');
      ofShared = await account.holding('ansari');
      // Waits for both, also when one fails: a command that continues alone would hold the lock of its stack.
      const ups = await Promise.allSettled([project.up('staging'), upKilledAndRecovered('production')]);
      expect(ups.filter(({ status }) => status === 'rejected')).toEqual([]);
    });
    for (const stack of ['staging', 'production']) {
      expect(await account.holding(`${stack}-`)).toEqual(
        expect.arrayContaining([
          ...TABLES.map((table) => `table ansari-whatsapp-${stack}-${table}`),
          ...QUEUES.map((queue) => `queue ansari-whatsapp-${stack}-${queue}`),
        ]),
      );
    }
  });

  it('creates the log group of App Runner before the filters that read it', async () => {
    const groups = await account.holding('log group /aws/apprunner/');
    expect(groups).toHaveLength(2);
    const { logGroups } = await project.outputs('staging');
    expect(groups).toContain(`log group ${Object(logGroups).web}`);
  });

  it('changes nothing the second time', async () => {
    await timed('up again', () =>
      Promise.all(STACKS.map((stack) => project.up(stack, '--expect-no-changes'))),
    );
  });

  it('has the addresses as outputs, and writes no secret into the state', async () => {
    const outputs = await project.outputs('staging');
    expect(outputs).toMatchObject({
      image: digest('1'),
      url: expect.stringMatching(/^https:\/\//),
      webhookUrl: `${outputs.url}/whatsapp/v2`,
    });
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        'serviceArn',
        'queueUrl',
        'deadLetterQueueUrl',
        'handOffQueueUrl',
        'dashboardUrl',
      ]),
    );
    const state = await project.must('stack', 'export', '--stack', 'staging');
    for (const secret of Object.values({ ...SECRETS, ...WEB_SERVICE_ONLY }))
      expect(state).not.toContain(secret);
  });

  it('has created the resources that the account returns', async () => {
    const parameters = await account.parameters('staging');
    expect(parameters['meta-app-secret']).toEqual({ type: 'SecureString', value: SECRETS.META_APP_SECRET });
    expect(parameters.store).toEqual({ type: 'String', value: 'dynamodb' });
    expect(parameters['meta-business-phone-number-id']?.value).toBe('100000000000001');

    const { queueUrl, deadLetterQueueUrl } = await project.outputs('staging');
    const queue = await account.queue(String(queueUrl));
    const dead = await account.queue(String(deadLetterQueueUrl));
    expect(parameters['whatsapp-queue-url']?.value).toBe(queueUrl);
    expect(queue).toMatchObject({ VisibilityTimeout: '3600', SqsManagedSseEnabled: 'true' });
    expect(JSON.parse(queue.RedrivePolicy ?? '')).toMatchObject({
      deadLetterTargetArn: dead.QueueArn,
      maxReceiveCount: 8,
    });

    for (const table of TABLES) {
      expect(await account.table(`ansari-whatsapp-staging-${table}`)).toMatchObject({
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        DeletionProtectionEnabled: false,
      });
      expect(await account.table(`ansari-whatsapp-production-${table}`)).toMatchObject({
        DeletionProtectionEnabled: true,
      });
    }

    const lambda = await account.lambda('ansari-whatsapp-staging-worker');
    expect(await account.eventSources('ansari-whatsapp-staging-worker')).toMatchObject([
      {
        BatchSize: 1,
        EventSourceArn: queue.QueueArn,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    ]);
    expect(await account.rule('ansari-whatsapp-staging-sweep')).toEqual({
      schedule: 'rate(1 minute)',
      targets: [lambda.FunctionArn],
    });

    const rights = await account.rights('ansari-whatsapp-staging-web');
    expect(rights.SendWakeUps).toEqual(['sqs:GetQueueAttributes', 'sqs:SendMessage']);
    expect(Object.values(rights).flat()).not.toContain('sqs:ReceiveMessage');
    expect(Object.values(await account.rights('ansari-whatsapp-staging-worker')).flat()).toEqual(
      expect.arrayContaining(['sqs:ReceiveMessage', 'ssm:GetParameters', 'kms:Decrypt', 'dynamodb:Query']),
    );
    const alarms = await account.alarms();
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(
      expect.arrayContaining([
        'ansari-whatsapp-staging-dead-wake-ups',
        'ansari-whatsapp-production-logged-token-refused',
      ]),
    );
    for (const { AlarmActions, AlarmName } of alarms) {
      const topic = `${/^ansari-whatsapp-[a-z]+/.exec(AlarmName ?? '')?.[0]}-alarms`;
      expect(AlarmActions, AlarmName).toEqual([expect.stringMatching(new RegExp(`:sns:.*:${topic}$`))]);
    }
  });

  it('ships a worker that starts with the deployed settings and parameters', async () => {
    const {
      Handler = '',
      MemorySize = 0,
      Timeout = 0,
      Environment,
    } = await account.lambda('ansari-whatsapp-staging-worker');
    const folder = temporaryFolder();
    unzip(proxy.archives.get('ansari-whatsapp-staging-worker') ?? Buffer.of(), folder);
    const { started } = await startContainer({
      folder,
      handler: Handler,
      memoryMb: MemorySize,
      timeoutMs: Timeout * 1000,
      environment: { ...Environment?.Variables, AWS_ENDPOINT_URL: ENDPOINT },
    });
    expect(await started).toEqual({ coldStartMs: expect.any(Number) });
  });

  it('updates image, secret and variable in the programs that read them, and replaces nothing', async () => {
    const before = await project.state('staging');
    await project.configure('staging', { image: digest('2') });
    expect(await project.changes('staging')).toEqual({ update: ['Service web'] });
    await project.configure('staging', {}, { ADMIN_TOKEN: 'another-secret-of-an-engine-test' });
    expect(await project.changes('staging')).toEqual({ update: ['Parameter admin-token', 'Service web'] });
    await project.up('staging');
    const between = await project.state('staging');
    expect(webService(between)).not.toEqual(webService(before));
    expect(worker(between)).toEqual(worker(before));
    expect(await project.outputs('staging')).toMatchObject({ image: digest('2') });
    expect((await account.parameters('staging'))['admin-token']?.value).toBe(
      'another-secret-of-an-engine-test',
    );
    expect(JSON.stringify(between)).not.toContain('another-secret-of-an-engine-test');

    await project.configure(
      'staging',
      { 'environment.LOGGING_LEVEL': 'warn' },
      { META_ACCESS_TOKEN_FROM_SYS_USER: 'another-token-of-an-engine-test' },
    );
    expect(await project.changes('staging')).toEqual({
      update: [
        'Function worker',
        'Parameter logging-level',
        'Parameter meta-access-token-from-sys-user',
        'Service web',
      ],
    });
  });

  it('moves the web service to ECS and keeps tables, queue and parameters', async () => {
    await project.up('staging');
    expect((await account.parameters('staging'))['logging-level']?.value).toBe('warn');
    const subnets = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];
    await project.configure('staging', {
      compute: 'ecs-express',
      'subnets[0]': subnets[0],
      'subnets[1]': subnets[1],
    });
    const changes = await project.changes('staging');
    const touched = Object.values(changes).flat();
    expect(
      touched.filter((name) => /^(Table|Queue|Parameter|Function|EventSourceMapping) /.test(name)),
    ).toEqual([]);
    expect(changes.create).toContain('ExpressGatewayService web');
    expect(changes.delete).toContain('Service web');
    await project.up('staging');
    expect(await project.changes('staging')).toEqual({});
    const service = of(await project.state('staging'), 'aws:ecs/expressGatewayService:ExpressGatewayService');
    expect(service?.inputs.networkConfigurations).toMatchObject([{ subnets }]);
    expect(await project.outputs('staging')).toMatchObject({
      image: digest('2'),
      url: expect.stringContaining('.on.aws'),
    });
  });

  it('refuses to destroy production and to replace its data', async () => {
    const destroyed = await project.run('destroy', '--yes', '--stack', 'production');
    expect(destroyed.code).not.toBe(0);
    expect(destroyed.text).toContain('protect');
    const holding = (await project.state('production')).filter(({ type }) =>
      /dynamodb\/table|sqs\/queue/.test(type),
    );
    expect(holding).toHaveLength(TABLES.length + QUEUES.length);
    const replaced = await Promise.all(
      holding.map(({ urn }) => project.run('preview', '--replace', urn, '--stack', 'production')),
    );
    for (const [index, { code, text }] of replaced.entries()) {
      expect(code).not.toBe(0);
      expect(text).toContain(`unable to replace resource "${holding[index]?.urn}"`);
    }
  });

  it('destroys the stacks as in the runbook, and keeps the data of production', async () => {
    const ofProduction = [
      ...QUEUES.map((queue) => `queue ansari-whatsapp-production-${queue}`),
      ...TABLES.map((table) => `table ansari-whatsapp-production-${table}`),
    ];
    // Like those of App Runner: they belong to no stack, and the runbook says how to find them.
    const logsOfAppRunner = ['production', 'staging'].map((stack) =>
      expect.stringMatching(`^log group /aws/apprunner/ansari-whatsapp-${stack}/[^/]+/application$`),
    );
    const take = async (stack: string) => {
      if (stack !== 'staging') await project.must('state', 'unprotect', '--all', '--yes', '--stack', stack);
      await project.destroy(stack);
    };
    await timed('down', async () => {
      await Promise.all(['staging', 'production'].map(take));
      const remaining = (await account.holding('ansari')).filter((name) => !ofShared.includes(name));
      expect(remaining).toEqual([...logsOfAppRunner, ...ofProduction]);
      await take('shared');
    });
    for (const stack of STACKS) await project.must('stack', 'rm', stack, '--yes');
    expect(await account.holding('ansari')).toEqual([
      ...logsOfAppRunner,
      ...['repository ansari-whatsapp', ...ofProduction].sort(),
    ]);
  });
});
