import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makePlan, monthlyCost } from '#infra/cli/plan/make.ts';
import { infrastructurePage } from '#infra/cli/plan/page.ts';
import { planAsText } from '#infra/cli/plan/text.ts';
import { VARIABLES } from '#infra/variables.ts';
import { bareEnvironment } from '../fakes/bare-environment.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { at } from './graph.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs the command as npm does, without any variable that could lead to an account. */
function plan(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['infra/cli/plan.ts', ...args], {
    cwd: ROOT,
    env: { ...bareEnvironment(), PATH: '/usr/bin', HOME: '/nowhere' },
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => err.push(String(chunk)));
  return new Promise((done) =>
    child.on('close', (code) => done({ code, out: out.join(''), err: err.join('') })),
  );
}

/** By the form of a secret. */
const SECRET = {
  token: 'a-secret-of-a-test',
  tokens: 'a-secret-of-a-test',
  keys: `k1:${Buffer.from('the key of a test, 32 bytes long').toString('base64')}`,
  'connection string': 'mongodb+srv://ansari:password@db.example.org',
  headers: 'authorization=a-secret-of-a-test',
};

const EVERY_VARIABLE = Object.fromEntries(
  VARIABLES.filter(({ setBy }) => setBy !== 'infra').map(({ name, secret }) =>
    secret ? [name, SECRET[secret]] : [`environment.${name}`, '1'],
  ),
);

// Side by side, since each one runs the program.
const [staging, moved, production, everything] = await Promise.all([
  makePlan('staging'),
  makePlan('staging', {
    compute: 'ecs-express',
    'environment.LOGGING_LEVEL': 'warn',
    META_APP_SECRET: 'app-secret-of-a-test',
  }),
  makePlan('production'),
  makePlan('production', { ...EVERY_VARIABLE, tracing: 'true' }),
]);
const page = await infrastructurePage({ staging, production });

describe('npm run plan', () => {
  // Three processes, one after another, each of which loads Pulumi's packages.
  it('prints a plan as JSON, and the differences from it later', { timeout: 120_000 }, async () => {
    const { code, out } = await plan('staging', '--json');
    expect(code).toBe(0);
    const before = join(temporaryFolder(), 'before.json');
    writeFileSync(before, out);
    const same = await plan('staging', '--against', before);
    expect(same.out).toMatch(/^0 added, 0 removed, 0 changed; /);
    const other = await plan('production', '--against', before);
    expect(other).toMatchObject({ code: 1, err: `${before} is a plan of staging, not of production\n` });
    const answer: unknown = JSON.parse(out);
    expect(Object.keys(Object(answer))).toEqual(['stack', 'resources', 'monthlyCostUsd', 'missing']);
    expect(at(answer, 'stack')).toBe('staging');
    expect(at(answer, 'monthlyCostUsd')).toBeGreaterThan(10);
    const resources: unknown[] = Object(at(answer, 'resources'));
    for (const resource of resources)
      expect(Object.keys(Object(resource))).toEqual(['type', 'name', 'parent', 'inputs']);
    const queue = resources.find((resource) => at(resource, 'name') === 'turns');
    expect(at(queue, 'parent')).toBe('ansari-whatsapp:infra:TurnQueue::queue');
    expect(at(queue, 'inputs', 'redrivePolicy', 'maxReceiveCount')).toBe(8);
    expect(at(answer, 'missing')).toEqual(
      expect.arrayContaining(['META_APP_SECRET', 'META_BUSINESS_PHONE_NUMBER_ID']),
    );
    expect(out).not.toContain(ROOT);
  });

  it('accepts overrides for one plan', () => {
    const types = moved.resources.map(({ type }) => type);
    expect(types).toContain('aws:ecs/expressGatewayService:ExpressGatewayService');
    expect(types).not.toContain('aws:apprunner/service:Service');
    expect(moved.resources.find(({ name }) => name === 'logging-level')?.inputs.insecureValue).toBe('warn');
    expect(staging.missing).toContain('META_APP_SECRET');
    expect(moved.missing).not.toContain('META_APP_SECRET');
    expect(monthlyCost(moved)).toBeGreaterThan(monthlyCost(staging));
  });

  it('prints the resources and the cost', () => {
    const text = planAsText(production);
    expect(text).toMatch(/^production in us-west-2: \d+ resources, about \$\d+ a month\n/);
    expect(text).toContain('the web service may\n    store messages');
    expect(text).toContain('image as built from ./Dockerfile');
    expect(text).toContain('pulumi config set --secret META_APP_SECRET --stack production');
    expect(text).toContain('30,000 answered messages a month');
    const sum = [...text.matchAll(/^ +\$(\d+\.\d\d) /gm)].reduce((total, [, usd]) => total + Number(usd), 0);
    expect(sum).toBeCloseTo(monthlyCost(production), 0);
  });

  it('plans the shared stack of another account from overrides alone', async () => {
    const overrides = ['github=a/b', 'environments=["production"]', 'aws:region=eu-west-1'];
    const { code, out } = await plan('shared-production', ...overrides.flatMap((set) => ['--config', set]));
    expect(code).toBe(0);
    expect(out).toMatch(/^shared-production in eu-west-1: /);
    expect(out).toContain('the prices are those of us-west-2');
    expect(out).not.toContain('deploy-staging');
  });

  it('itemises the cost of a volume, and prints the cost of the other worker', async () => {
    const { code, out } = await plan('staging', '--messages', '1000000', '--json');
    expect(code).toBe(0);
    const answer: unknown = JSON.parse(out);
    const items: unknown[] = Object(at(answer, 'cost'));
    const sum = items.reduce((total: number, item) => total + Number(at(item, 'usd')), 0);
    expect(sum).toBeCloseTo(Number(at(answer, 'monthlyCostUsd')), 1);
    expect(at(answer, 'messages')).toBe(1_000_000);
    expect(at(answer, 'workers')).toMatchObject({
      chosen: 'lambda',
      tasks: 1,
      peakConversations: 19,
      concurrency: 10,
    });
    const text = planAsText({ ...staging, messages: 1_000_000 });
    expect(text).toContain('fargate with 1 task would be $');
    expect(text).toContain('19 conversations are due at a time, and the worker takes 10');
    expect(text).toContain('pulumi config set workerConcurrency 19 --stack staging');
    expect(planAsText(staging)).not.toContain('busiest hour 1 conversations');
    expect(planAsText({ ...staging, messages: 1e9 })).toContain('more than workerConcurrency can be (1,000)');
  });

  it('computes the cost of tasks by their size and by the hour', async () => {
    const fargate = await makePlan('staging', { worker: 'fargate', workerTasks: '2' }, 10_000_000);
    const cost = Object.fromEntries(fargate.cost.map(({ what, usd }) => [what, usd]));
    // 2 tasks of 0.25 vCPU and 0.5 GB for 730 hours, and an address of each.
    expect(cost['worker, Fargate']).toBeCloseTo(2 * 730 * (0.25 * 0.04048 + 0.5 * 0.004445), 6);
    expect(cost['worker, public addresses']).toBeCloseTo(2 * 730 * 0.005, 6);
    expect(fargate.missing).not.toContain('dist/worker');
    expect(planAsText(fargate)).toContain('fargate with 2 tasks: $');
  });

  it('prints the problems of a configuration as the program does', async () => {
    const { code, err } = await plan(
      'staging',
      '--config',
      'image=latest',
      '--config',
      'environment=[]',
      '--config',
      'cpu=3',
    );
    expect(code).toBe(1);
    expect(err).toContain('image must be a digest reference');
    expect(err).toContain('environment must be an object');
    expect(err).toContain('cpu must be a whole number');
    expect(err).not.toContain('    at ');
  });

  it.each([
    [['--help'], 0, 'Usage: npm run plan -- <stack>'],
    [[], 2, 'Name one stack'],
    [['testing'], 2, 'Name one stack'],
    [['stagin'], 2, 'Did you mean staging?'],
    [['staging', '--colour'], 2, '--colour'],
    [['staging', '--config', 'image'], 2, '--config takes key=value, got image'],
    [['staging', '--messages', '1e6'], 2, '--messages takes a whole number of messages a month'],
    [['staging', '--messages=-1'], 2, 'got -1'],
    [['staging', '--messages', '2000000000'], 2, 'at most 1,000,000,000, got 2000000000'],
  ])('rejects wrong arguments: %s', async (args, status, message) => {
    const { code, out, err } = await plan(...args);
    expect(code).toBe(status);
    expect(out + err).toContain(message);
  });
});

describe('a stack with every variable', () => {
  const inputsOf = (type: string) =>
    everything.resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);

  it('has policies within the size limit of IAM', () => {
    const policies = inputsOf('aws:iam/rolePolicy:RolePolicy');
    expect(policies).toHaveLength(2);
    // IAM user guide, "IAM and AWS STS quotas".
    for (const { policy } of policies) expect(JSON.stringify(policy).length).toBeLessThan(10_240);
  });

  it('has variables within the size limit of Lambda', () => {
    const [worker] = inputsOf('aws:lambda/function:Function');
    const variables = at(worker, 'environment', 'variables');
    expect(Object.keys(Object(variables)).length).toBeGreaterThan(40);
    // Lambda developer guide, "Lambda quotas": 4 KB, measured as JSON.
    expect(JSON.stringify(variables).length).toBeLessThan(4_096);
    // References with names do not fit any more.
    expect(variables).toMatchObject({
      PARAMETERS_PATH: expect.stringMatching(/^\/app-runtime\/ansari-whatsapp\/[a-z]+$/),
      META_APP_SECRET: 'ssm:',
    });
  });
});

describe('docs/infrastructure.md', () => {
  it('is what npm run docs writes', () => {
    expect(readFileSync(resolve(ROOT, 'docs/infrastructure.md'), 'utf8')).toBe(page);
  });
});
