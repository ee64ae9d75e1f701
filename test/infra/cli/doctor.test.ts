import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkAccount, checkAppRunner, checkParameters } from '#infra/cli/doctor/account.ts';
import { checkConcurrency } from '#infra/cli/doctor/concurrency.ts';
import { checkGitHub } from '#infra/cli/doctor/github.ts';
import { checkMachine } from '#infra/cli/doctor/machine.ts';
import { checkMeta } from '#infra/cli/doctor/meta.ts';
import { checkAlarms, checkSettings, checkState } from '#infra/cli/doctor/stack.ts';
import { invalidValues } from '#infra/cli/doctor/values.ts';
import { checkWebService } from '#infra/cli/doctor/web-service.ts';
import { checkWorker } from '#infra/cli/doctor/worker.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import type { Finding } from '#infra/cli/release/checks.ts';
import { findWebService } from '#infra/cli/release/find-web-service.ts';
import { requireAccountOf } from '#infra/cli/release/stack.ts';
import { ACCOUNT, FakeAccount, REPOSITORY } from '../../fakes/aws/account.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { runProgram } from '../../fakes/program.ts';
import { REVIEWED, useGitHub } from '../../fakes/tools/github.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

const outcomes = (findings: readonly Finding[]) => findings.map(({ name, outcome }) => `${name} ${outcome}`);

describe('the checks at Meta', () => {
  let graph: FakeServer;
  const answers = new Map<string, unknown>();
  beforeAll(async () => {
    graph = await fakeServer((response, { url, headers }) => {
      const path = url.replace(/^\/v25\.0\//, '').replace(/\?.*/, '');
      const answer = answers.get(path);
      if (answer === 'break') {
        response.destroy();
        return;
      }
      const refusal = { error: { code: 100, message: `no ${path}` } };
      const known = headers.authorization === 'Bearer the-token' && answer !== undefined;
      response.writeHead(known ? 200 : 400).end(JSON.stringify(known ? answer : refusal));
    });
  });
  afterAll(() => graph.close());

  const token = {
    is_valid: true,
    expires_at: 0,
    scopes: ['whatsapp_business_messaging', 'whatsapp_business_management'],
    granular_scopes: [{ scope: 'whatsapp_business_management', target_ids: ['77'] }],
  };
  const webhookUrl = 'https://web.example.org/whatsapp/v2';
  beforeEach(() => {
    answers.set('debug_token', { data: token });
    answers.set('42', {
      verified_name: 'Ansari',
      quality_rating: 'GREEN',
      webhook_configuration: { application: webhookUrl },
    });
    answers.set('77/subscribed_apps', { data: [{}] });
  });
  const check = (graphUrl = graph.url) =>
    checkMeta({
      graphUrl,
      version: 'v25.0',
      token: 'the-token',
      phoneNumberId: '42',
      webhookUrl,
      stack: 'staging',
      now: () => Date.parse('2026-11-21T00:00:00Z'),
    });

  it('recommend no other token when Meta cannot be reached', async () => {
    const [finding] = await check('http://127.0.0.1:1');
    expect(finding).toMatchObject({
      name: 'token',
      outcome: 'bad',
      message: 'Meta does not respond: ECONNREFUSED',
    });
    expect(finding?.fix).toContain('META_API_URL');
    expect(finding?.fix).not.toContain('config set');
  });

  it("repeat no token of Meta's messages", async () => {
    const error = { code: 190, message: 'Malformed access token the-token' };
    for (const answer of [{ data: { is_valid: false, error } }, { error }]) {
      answers.set('debug_token', answer);
      const [finding] = await check();
      expect(finding?.message).toContain('Malformed access token ***');
      expect(JSON.stringify(finding)).not.toContain('the-token');
    }
  });

  it('recommend no other number or token when the connection breaks later', async () => {
    answers.set('42', 'break');
    answers.set('77/subscribed_apps', 'break');
    const fixes = (await check()).filter(({ outcome }) => outcome === 'bad').map(({ fix }) => fix);
    expect(fixes).toEqual([expect.stringContaining('META_API_URL'), expect.stringContaining('META_API_URL')]);
  });

  it('pass with a valid token, number, webhook and subscription', async () => {
    expect(outcomes(await check())).toEqual([
      'token good',
      'number good',
      'webhook good',
      'subscription good',
    ]);
  });

  it.each([
    [
      'is not valid',
      { is_valid: false, error: { message: 'expired yesterday' } },
      'bad',
      'expired yesterday',
    ],
    [
      'lacks a permission',
      { scopes: ['whatsapp_business_messaging'] },
      'bad',
      'lacks whatsapp_business_management',
    ],
    [
      'expires soon',
      { expires_at: Date.parse('2026-11-30T00:00:00Z') / 1000 },
      'warning',
      'expires 2026-11-30',
    ],
    ['expires later', { expires_at: Date.parse('2027-11-30T00:00:00Z') / 1000 }, 'good', 'valid until 2027'],
  ])('report a token that %s', async (_, change, outcome, message) => {
    answers.set('debug_token', { data: { ...token, ...change } });
    const [finding] = await check();
    expect(finding).toMatchObject({ name: 'token', outcome, message: expect.stringContaining(message) });
    if (outcome !== 'good')
      expect(finding?.fix).toContain('config set --secret META_ACCESS_TOKEN_FROM_SYS_USER');
  });

  it('report where messages go instead, by the most specific setting', async () => {
    const webhook_configuration = { phone_number: 'https://old.example.org', application: webhookUrl };
    answers.set('42', { verified_name: 'Ansari', quality_rating: 'RED', webhook_configuration });
    const findings = await check();
    expect(outcomes(findings)).toEqual(['token good', 'number warning', 'webhook bad', 'subscription good']);
    expect(findings[2]?.message).toContain('go to https://old.example.org, not to https://web');
    expect(findings[2]?.fix).toContain(`-H "Authorization: Bearer $META_ACCESS_TOKEN_FROM_SYS_USER"`);
    expect(findings[2]?.fix).toContain(`${graph.url}/v25.0/42`);
  });

  it('report that a test number sends to its list only, and how to spell numbers in the list', async () => {
    answers.set('42', {
      ...{ verified_name: 'Test Number', quality_rating: 'GREEN', account_mode: 'SANDBOX' },
      webhook_configuration: { application: webhookUrl },
    });
    const [, number] = await check();
    expect(number).toMatchObject({ name: 'number', outcome: 'warning' });
    expect(number?.fix).toMatch(/131030.*\n.*54 9/);
    answers.set('42', { account_mode: 'LIVE', webhook_configuration: { application: webhookUrl } });
    expect((await check())[1]).toMatchObject({ outcome: 'good' });
  });

  it('print a call that a shell can run unchanged', async () => {
    const webhook_configuration = { application: 'https://old.example.org' };
    answers.set('42', { verified_name: 'Ansari', quality_rating: 'GREEN', webhook_configuration });
    const call = (await check())[2]?.fix?.split('\n').at(-1) ?? '';
    // The arguments that curl would get.
    const args = execFileSync('sh', ['-c', call.replace(/^curl/, `printf '%s\\n'`)], {
      env: { META_ACCESS_TOKEN_FROM_SYS_USER: 'the-token', META_WEBHOOK_VERIFY_TOKEN: 'a token' },
    });
    const [option, body = '', ...others] = String(args).trim().split('\n');
    expect([option, ...others]).toEqual([
      '--json',
      '-H',
      'Authorization: Bearer the-token',
      `${graph.url}/v25.0/42`,
    ]);
    expect(JSON.parse(body)).toEqual({
      webhook_configuration: { override_callback_uri: webhookUrl, verify_token: 'a token' },
    });
  });

  it('report a missing subscription, and a number that the token has no access to', async () => {
    answers.set('77/subscribed_apps', { data: [] });
    answers.delete('42');
    const findings = await check();
    expect(outcomes(findings)).toEqual(['token good', 'number bad', 'subscription bad']);
    expect(findings[1]?.message).toBe('Meta says 100: no 42');
    expect(findings[2]?.fix).toContain(`${graph.url}/v25.0/77/subscribed_apps`);
  });

  it('never print the token', async () => {
    answers.delete('debug_token');
    expect(JSON.stringify(await check())).not.toContain('the-token');
  });
});

describe('the account', () => {
  let account: FakeAccount;
  beforeEach(async () => {
    account = new FakeAccount();
    await account.start();
  });
  afterEach(() => account.close());
  const aws = () => openAws(account.access);

  it('is the expected one, or is reported', async () => {
    expect(await checkAccount(aws(), ACCOUNT)).toMatchObject({ outcome: 'good' });
    const other = await checkAccount(aws(), '999999999999');
    expect(other).toMatchObject({ outcome: 'bad', message: expect.stringContaining(ACCOUNT) });
  });

  it('reports that it cannot use App Runner, with the alternative', async () => {
    expect(await checkAppRunner(aws(), 'staging')).toMatchObject({ outcome: 'good' });
    account.refused.add('ListServices');
    expect(await checkAppRunner(aws(), 'staging')).toMatchObject({
      outcome: 'bad',
      fix: 'pulumi config set compute ecs-express --stack staging',
    });
  });

  it('reports whether the service can be updated', async () => {
    const service = async () =>
      checkWebService('staging', await findWebService(aws(), 'staging', 'apprunner'));
    expect(await service()).toMatchObject({ outcome: 'skipped', fix: 'npm run deploy -- staging' });
    account.deploy(`${REPOSITORY}@sha256:${'a'.repeat(64)}`);
    expect(await service()).toMatchObject({ outcome: 'good' });
    account.appRunner.busyFor = 1;
    expect(await service()).toMatchObject({ outcome: 'warning' });
    account.appRunner.status = 'PAUSED';
    expect(await service()).toMatchObject({ outcome: 'bad', fix: expect.stringContaining('resume-service') });
    account.appRunner.status = 'CREATE_FAILED';
    expect(await service()).toMatchObject({
      outcome: 'bad',
      fix: expect.stringContaining('A failed creation'),
    });
  });

  it('reports whether the worker on Fargate runs', async () => {
    const look = () => checkWorker(openAws(account.access), 'staging');
    expect(await look()).toMatchObject([{ outcome: 'skipped', fix: 'npm run deploy -- staging' }]);
    account.ecs.worker = { image: `${REPOSITORY}@sha256:1`, running: 2, wanted: 2, rollout: 'COMPLETED' };
    expect(await look()).toMatchObject([
      { outcome: 'good', message: expect.stringContaining('2 of 2 tasks') },
    ]);
    account.ecs.worker.running = 1;
    expect(await look()).toMatchObject([
      { outcome: 'bad', fix: 'aws logs tail /ansari-whatsapp/staging/worker --since 1h' },
    ]);
  });

  it('is the account of the stack, or the command fails', async () => {
    expect(await requireAccountOf(aws(), 'staging', ACCOUNT)).toBe(ACCOUNT);
    await expect(requireAccountOf(aws(), 'staging', '999999999999')).rejects.toThrow(
      `These credentials belong to account ${ACCOUNT}, and staging is in 999999999999: export AWS_PROFILE=`,
    );
  });

  it('reports a region without App Runner, without a call', async () => {
    const elsewhere = openAws({ ...account.access, region: 'eu-north-1' });
    expect(await checkAppRunner(elsewhere, 'staging')).toMatchObject({
      outcome: 'bad',
      message: 'is not in eu-north-1',
      fix: 'pulumi config set compute ecs-express --stack staging',
    });
    expect(account.actions).toEqual([]);
  });

  it('has enough concurrent executions for the worker and its sweep', async () => {
    expect(await checkConcurrency(aws(), 'staging', undefined)).toMatchObject({ outcome: 'good' });
    Object.assign(account.concurrency, { quota: 10, free: 10 });
    expect(await checkConcurrency(aws(), 'staging', '9')).toMatchObject({ outcome: 'good' });
    const tooMany = await checkConcurrency(aws(), 'staging', undefined);
    expect(tooMany).toMatchObject({
      outcome: 'bad',
      message:
        '10 of 10 invocations at a time are free, and the worker with its sweep needs 11 (quota L-B99A9384)',
      fix: expect.stringContaining('pulumi config set workerConcurrency 9 --stack staging'),
    });
    Object.assign(account.concurrency, { quota: 1000, free: 2 });
    const reserved = await checkConcurrency(aws(), 'staging', '5');
    expect(reserved.outcome).toBe('bad');
    expect(reserved.fix).toContain('--quota-code L-B99A9384');
    expect(reserved.fix).not.toContain('workerConcurrency');
  });

  it('reports missing parameters of a deployed web service', async () => {
    account.deploy(`${REPOSITORY}@sha256:${'a'.repeat(64)}`);
    const variables = Array.from({ length: 12 }, (_, n) => `SECRET_${n}`);
    for (const n of variables.keys())
      account.parameters.set(`/app-runtime/ansari-whatsapp/staging/secret-${n}`, 'x');
    const webService = await findWebService(aws(), 'staging', 'apprunner');
    expect(await checkParameters(aws(), 'staging', webService, variables)).toMatchObject({ outcome: 'good' });
    account.parameters.delete('/app-runtime/ansari-whatsapp/staging/secret-11');
    expect(await checkParameters(aws(), 'staging', webService, variables)).toMatchObject({
      outcome: 'bad',
      message: expect.stringContaining('/secret-11'),
    });
    expect(await checkParameters(aws(), 'staging', undefined, variables)).toMatchObject({
      outcome: 'skipped',
    });
  });
});

describe('this machine, the state and GitHub', () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
    for (const name of ['docker', 'git', 'gh']) tools.use(name, 'version 9.9.9');
  });
  afterEach(() => tools.restore());

  it('pass', async () => {
    tools.usePulumi('', { version: 'v3.245.0\n' });
    expect(outcomes(await checkMachine())).toEqual([
      'pulumi good',
      'git good',
      'image builder good',
      'gh good',
    ]);
  });

  it('find buildah when the daemon of docker does not run', async () => {
    tools.usePulumi('', { version: 'v3.245.0\n' });
    tools.use('docker', 'Client: 28.2.2', 1);
    tools.use('buildah', 'buildah version 1.40.0');
    expect((await checkMachine())[2]).toMatchObject({ outcome: 'good', message: 'buildah 1.40.0' });
  });

  it('report a version of Pulumi that is too old', async () => {
    tools.usePulumi('', { version: 'v3.99.0\n' });
    expect((await checkMachine())[0]).toMatchObject({
      outcome: 'bad',
      message: '3.99.0 is older than 3.217.0',
    });
  });

  it('find the state and its stacks', async () => {
    const stacks = JSON.stringify([{ name: 'organization/ansari-whatsapp/shared' }]);
    tools.usePulumi('', { whoami: '{"user":"me","url":"s3://bucket"}', 'stack ls': stacks });
    const findings = await checkState('staging');
    expect(outcomes(findings)).toEqual(['state good', 'stacks bad']);
    expect(findings[1]).toMatchObject({ message: 'staging not made yet', fix: 'npm run bootstrap' });
  });

  it('check the secrets of the stack as the program does', async () => {
    const stacks = JSON.stringify([{ name: 'shared' }, { name: 'staging' }]);
    const given = (values: Readonly<Record<string, string>>) =>
      tools.usePulumi('', {
        whoami: '{"user":"me","url":"s3://bucket"}',
        'stack ls': stacks,
        config: JSON.stringify(
          Object.fromEntries(
            Object.entries(values).map(([name, value]) => [
              `ansari-whatsapp:${name}`,
              { value, secret: true },
            ]),
          ),
        ),
      });
    given({ META_APP_SECRET: 'app-secret-of-a-test', ADMIN_TOKEN: '' });
    expect(outcomes(await checkState('staging'))).toEqual(['state good', 'stacks good']);
    given({ META_APP_SECRET: 'app-secret-of-a-test,hush', ADMIN_TOKEN: '<your token>' });
    expect((await checkState('staging')).slice(2)).toEqual([
      {
        name: 'secrets',
        outcome: 'bad',
        message: 'ADMIN_TOKEN is a placeholder, not a secret',
        fix: 'pulumi config set --secret ADMIN_TOKEN --stack staging',
      },
      expect.objectContaining({ message: 'META_APP_SECRET has 4 of at least 16 characters (entry 2)' }),
    ]);
  });

  describe('GitHub', () => {
    const drift = { branches: ['trunk'] };
    const VARIABLES = { AWS_ACCOUNT_ID: ACCOUNT, PULUMI_STATE_BUCKET: 'states' };
    const good = {
      defaultBranch: 'trunk',
      environments: {
        staging: { branches: ['develop'] },
        production: { branches: ['main'], rules: [REVIEWED] },
        'drift-staging': drift,
        'drift-production': drift,
      },
      variables: VARIABLES,
    };
    const wanted = { AWS_ACCOUNT_ID: ACCOUNT, PULUMI_STATE_BUCKET: 'states' };
    const message = async (stack: 'staging' | 'production', more: object = {}) => {
      useGitHub(tools, { ...good, ...more });
      const findings = await checkGitHub(stack, 'o/r', wanted);
      for (const finding of findings.filter(({ outcome }) => outcome !== 'good'))
        expect(finding).toMatchObject({ outcome: 'bad', fix: expect.stringMatching(/^(npm run|gh auth)/) });
      return findings.map((finding) => finding.message);
    };
    const having = (environments: object) => ({ environments: { ...good.environments, ...environments } });

    it('has both environments of the stack, from the right branches', async () => {
      expect(await message('production')).toEqual(['environments production and drift-production of o/r']);
    });

    it('fails when production needs no approval, or other branches may use it', async () => {
      const open = having({ production: {} });
      expect(await message('production', open)).toEqual([
        'every branch may use production, and not main alone',
        'production is used without an approval',
      ]);
      const wide = having({
        production: { branches: ['main', 'release/*'], tags: ['v*'], rules: [REVIEWED] },
      });
      expect(await message('production', wide)).toEqual(['release/*, tag v* may use production beside main']);
      expect(await message('staging', having({ staging: { protectedOnly: true } }))).toEqual([
        'every protected branch may use staging, and not develop alone',
      ]);
    });

    it('has an environment for the current default branch', async () => {
      expect(await message('staging', { defaultBranch: 'develop' })).toEqual([
        'develop may not use drift-staging',
        'trunk may use drift-staging beside develop',
      ]);
      const { 'drift-staging': _, ...others } = good.environments;
      expect(await message('staging', { environments: others })).toEqual(['no environment drift-staging']);
    });

    it('has variables with the account and the state bucket of the stack', async () => {
      expect(await message('staging', { variables: {} })).toEqual([
        'the workflows have no AWS_ACCOUNT_ID',
        'the workflows have no PULUMI_STATE_BUCKET',
      ]);
      const own = { ...VARIABLES, AWS_ACCOUNT_ID_PRODUCTION: '999999999999' };
      expect(await message('staging', { variables: own })).toHaveLength(1);
      expect(await message('production', { variables: own })).toEqual([
        `AWS_ACCOUNT_ID is 999999999999 for the workflows, and ${ACCOUNT} in the configuration of production`,
      ]);
    });

    it('is not reported as wrong when gh fails', async () => {
      const first = `case "$*" in api*) echo 'gh: Bad credentials (HTTP 401)'; exit 1;; esac`;
      expect(await message('staging', { first })).toEqual([expect.stringContaining('Bad credentials')]);
      expect(outcomes(await checkGitHub('staging', undefined))).toEqual(['github skipped']);
    });
  });
});

describe('the configuration', () => {
  it('reports every missing variable with its command', () => {
    const fixes = checkSettings('production').map(({ fix }) => fix);
    expect(fixes).toContain('pulumi config set --secret META_APP_SECRET --stack production');
    expect(fixes).toContain(
      'pulumi config set --path environment.BACKEND_SERVER_URL <value> --stack production',
    );
  });
});

describe('the alarms', () => {
  it('have no recipient until one is configured', () => {
    expect(checkAlarms('staging')).toMatchObject({
      outcome: 'warning',
      message: 'no alarmEmail: they have no recipient',
      fix: 'pulumi config set alarmEmail <address> --stack shared',
    });
  });
});

describe('the values of variables', () => {
  it('are valid when the program accepts them', () => {
    expect(invalidValues('staging', { LOGGING_LEVEL: 'debug', BATCH_WINDOW_SECONDS: '3' })).toEqual([]);
  });

  it('of Twilio are checked as the program checks them', () => {
    const message = (plain: Record<string, string>) =>
      invalidValues('staging', plain).map((found) => found.message);
    expect(message({ BUSINESSES: 'mongodb', MONGODB_DB_NAME: 'ansari' })).toEqual([]);
    expect(message({ TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef' })).toEqual([]);
    expect(message({ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_WHATSAPP_NUMBER: 'ansari' })).toEqual([
      expect.stringMatching(/^TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits/),
      expect.stringMatching(/^TWILIO_WHATSAPP_NUMBER must be a phone number/),
    ]);
  });

  it('are rejected with the messages of the program, each with its command', () => {
    const findings = invalidValues('staging', {
      LOGGING_LEVEL: 'loud',
      META_API_VERSION: 'v19.0',
      BACKEND_SERVER_URL: 'backend.example.org',
    });
    expect(findings.map(({ outcome, message }) => [outcome, message.split(' ')[0]])).toEqual([
      ['bad', 'LOGGING_LEVEL'],
      ['bad', 'BACKEND_SERVER_URL'],
      ['bad', 'META_API_VERSION'],
    ]);
    expect(findings[0]?.fix).toBe(
      'pulumi config set --path environment.LOGGING_LEVEL <value> --stack staging',
    );
  });
});

describe('the command', () => {
  it.each([
    [['doctor', '--help'], 0, 'Usage: npm run doctor'],
    [['doctor'], 2, 'Name one stack: staging or production.'],
    [['verify', '--help'], 0, 'Usage: npm run verify'],
    [['verify', 'nowhere'], 2, 'neither an address'],
    [['deploy', 'staging', '--imgae', 'x'], 2, "Unknown option '--imgae'"],
    [['bootstrap', '--help'], 0, 'Usage: npm run bootstrap'],
    [['rollback', 'staging', '--dry-run'], 1, 'No valid AWS credentials'],
  ])('%j ends with %i', async ([name, ...args], code, message) => {
    const home = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
    const { output, code: ended } = await runProgram(`infra/cli/${name}.ts`, home, args).ended;
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(ended).toBe(code);
  });
});
