import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateBucket } from '#infra/cli/bootstrap/bucket.ts';
import { serviceLinkedRoles } from '#infra/cli/bootstrap/ecs-role.ts';
import { stateKey } from '#infra/cli/bootstrap/key.ts';
import { githubProvider } from '#infra/cli/bootstrap/oidc-provider.ts';
import { environment, identityOf, variable } from '#infra/cli/bootstrap/repository.ts';
import { login, setting, stack } from '#infra/cli/bootstrap/stacks.ts';
import { runSteps, type Step } from '#infra/cli/bootstrap/step.ts';
import { checkEcsRoles } from '#infra/cli/doctor/ecs-roles.ts';
import { expectedEnvironments } from '#infra/cli/github/environment.ts';
import { FakeAccount } from '../../fakes/aws/account.ts';
import { runProgram } from '../../fakes/program.ts';
import { REVIEWED, useGitHub } from '../../fakes/tools/github.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

let account: FakeAccount;
let tools: FakeTools;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
  tools = new FakeTools();
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

async function run(steps: readonly Step[], dryRun = false): Promise<string[]> {
  const lines: string[] = [];
  await runSteps(steps, { print: (line) => lines.push(line), dryRun });
  return lines;
}

describe('the resources of an account', () => {
  const steps = (region = 'us-west-2') => {
    const options = { ...account.access, region };
    return [
      stateBucket(new S3Client(options), 'the-bucket', region),
      stateKey(new KMSClient(options), 'staging'),
    ];
  };

  it('are created once and then found', async () => {
    expect((await run(steps())).map((line) => line.slice(0, 4))).toEqual(['made', 'made']);
    expect((await run(steps())).map((line) => line.slice(0, 5))).toEqual(['there', 'there']);
    expect(account.kms.aliases).toEqual(new Map([['alias/ansari-whatsapp-state-staging', 'key-1']]));
    expect(account.kms.rotating).toEqual(new Set(['key-1']));
  });

  it('include a private bucket that keeps old states for 90 days', async () => {
    await run(steps());
    const settings = account.s3.buckets.get('the-bucket');
    expect(settings?.get('create')).toContain('us-west-2');
    expect(settings?.get('versioning')).toContain('<Status>Enabled</Status>');
    expect(settings?.get('lifecycle')).toContain('<NoncurrentDays>90</NoncurrentDays>');
    expect(settings?.get('publicAccessBlock')?.match(/true/g)).toHaveLength(4);
    expect(settings?.get('encryption')).toContain('AES256');
    expect(settings?.get('policy')).toContain('"aws:SecureTransport":"false"');
  });

  it('include a bucket in the region, without a location constraint for us-east-1', async () => {
    await run(steps('eu-west-1'));
    expect(account.s3.buckets.get('the-bucket')?.get('create')).toContain('eu-west-1');
    account.s3.buckets.clear();
    await run(steps('us-east-1'));
    expect(account.s3.buckets.get('the-bucket')?.get('create')).not.toContain('LocationConstraint');
  });

  it('are completed when an earlier run was interrupted', async () => {
    account.s3.buckets.set('the-bucket', new Map());
    expect((await run(steps()))[0]).toMatch(/^made/);
    expect(account.s3.buckets.get('the-bucket')?.has('create')).toBe(false);
    expect(account.s3.buckets.get('the-bucket')?.has('policy')).toBe(true);
  });

  it('print the command to restore a key that is pending deletion', async () => {
    account.kms.aliases.set('alias/ansari-whatsapp-state-staging', 'key-7');
    account.kms.goingAway.add('key-7');
    await expect(run(steps())).rejects.toThrow(
      'cancel-key-deletion --key-id key-7 && aws kms enable-key --key-id key-7',
    );
  });

  it('are not created by a dry run', async () => {
    expect(await run(steps(), true)).toEqual(['to make bucket of the state', 'to make key of staging']);
    expect(account.s3.buckets.size).toBe(0);
    expect(account.actions).toEqual(['DescribeKey']);
  });
});

describe('the service-linked roles of ECS', () => {
  const steps = () => serviceLinkedRoles(new IAMClient({ ...account.access, region: 'us-west-2' }));

  it('are created once, and doctor finds them', async () => {
    expect((await run(steps(), true)).map((line) => line.slice(0, 7))).toEqual(Array(3).fill('to make'));
    expect(account.iam.linkedRoles.size).toBe(0);
    expect((await run(steps()))[0]).toBe(
      'made    service-linked role of ecs.amazonaws.com: AWSServiceRoleForECS',
    );
    expect((await run(steps())).every((line) => line.startsWith('there'))).toBe(true);
    expect(await checkEcsRoles(account.access)).toMatchObject({ outcome: 'good' });
  });

  it('may be created by others meanwhile', async () => {
    const [first] = steps();
    account.iam.linkedRoles.set('ecs.amazonaws.com', 'AWSServiceRoleForECS');
    expect(await first?.create()).toBe('AWSServiceRoleForECS');
  });

  it('fail with the error of AWS when they may not be created', async () => {
    account.refused.add('CreateServiceLinkedRole');
    await expect(run(steps())).rejects.toThrow('not allowed');
  });
});

describe('the login and the stacks of Pulumi', () => {
  const calls = () => tools.calls().map((call) => call.slice(1).join(' '));
  const steps = [
    login('the-bucket', 'us-west-2'),
    stack('staging', 'us-west-2'),
    setting('staging', 'accountId', async () => '123456789012'),
  ];

  it('are created: a stack in the bucket, with a key of its own', async () => {
    tools.usePulumi('', { whoami: '{"url":"file://~"}', 'stack ls': '[]' });
    await run(steps);
    const all = calls().join('\n');
    expect(all).toContain('login s3://the-bucket?region=us-west-2');
    expect(all).toContain(
      'stack init staging --secrets-provider awskms://alias/ansari-whatsapp-state-staging?region=us-west-2',
    );
    expect(all).toContain('config set accountId 123456789012 --stack staging');
  });

  it('are found when they exist', async () => {
    tools.usePulumi('', {
      whoami: '{"url":"s3://the-bucket?region=us-west-2"}',
      'stack ls': '[{"name":"organization/ansari-whatsapp/staging"}]',
      'config get': '123456789012\n',
    });
    expect((await run(steps)).every((line) => line.startsWith('there'))).toBe(true);
    expect(calls().filter((call) => /^(login|stack init|config set)/.test(call))).toEqual([]);
  });
});

describe("GitHub's OIDC provider", () => {
  const ARN = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const printed: string[] = [];
  const provide = async () => {
    printed.length = 0;
    const iam = new IAMClient({ ...account.access, region: 'us-west-2' });
    return run(await githubProvider(iam, (line) => printed.push(line)));
  };
  const calls = () => tools.calls().map((call) => call.slice(1).join(' '));
  beforeEach(() => {
    tools.usePulumi('');
    const other = ARN.replace('token.actions.githubusercontent.com', 'example.org');
    account.iam.providers.set(other, { audiences: [], tags: {} });
  });

  it('is created by Pulumi when there is none', async () => {
    expect(await provide()).toEqual([]);
    expect(printed).toEqual([expect.stringContaining('none, pulumi up --stack shared makes it')]);
    expect(calls()).toEqual([]);
  });

  it('is not configured when Pulumi created it, since Pulumi would then delete it', async () => {
    const tags = { project: 'ansari-whatsapp', 'managed-by': 'pulumi' };
    account.iam.providers.set(ARN, { audiences: ['sts.amazonaws.com'], tags });
    expect(await provide()).toEqual([]);
    expect(printed).toEqual([expect.stringContaining(ARN)]);
    expect(calls()).toEqual([]);
  });

  it('is used when it exists already, and gets the audience of our tokens', async () => {
    account.iam.providers.set(ARN, { audiences: ['another'], tags: { 'managed-by': 'pulumi' } });
    expect((await provide()).map((line) => line.slice(0, 5))).toEqual(['made ', 'made ']);
    expect(calls()).toContain(
      `config set githubOidcProviderArn ${ARN} --stack shared --non-interactive --color never`,
    );
    expect(account.iam.providers.get(ARN)?.audiences).toEqual(['another', 'sts.amazonaws.com']);
    tools.usePulumi('', { 'config get': `${ARN}\n` });
    expect((await provide()).map((line) => line.slice(0, 5))).toEqual(['there', 'there']);
  });
});

describe('the environments and variables in GitHub', () => {
  const [staging, driftStaging] = expectedEnvironments('staging', 'develop');
  const [production, driftProduction] = expectedEnvironments('production', 'trunk');
  const all = [staging, driftStaging, production, driftProduction].filter((one) => one !== undefined);
  const make = (name: string) =>
    run(all.filter((one) => one.name === name).map((expected) => environment('o/r', expected, [7])));
  const changes = () =>
    tools
      .calls()
      .filter((call) => call.includes('--method'))
      .map((call) => call.slice(3).join(' '));
  const put = (): unknown => JSON.parse(readFileSync(join(tools.folder, 'put'), 'utf8'));

  it('include an environment for one branch, with reviewers in production', async () => {
    useGitHub(tools, {});
    expect(await make('production')).toEqual(['made    environment production: from main, 1 reviewers']);
    const list = 'repos/o/r/environments/production/deployment-branch-policies';
    expect(changes()).toEqual([
      'PUT repos/o/r/environments/production --input -',
      `POST ${list} -f name=main -f type=branch`,
    ]);
    expect(put()).toMatchObject({
      reviewers: [{ type: 'User', id: 7 }],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    useGitHub(tools, { environments: { production: { branches: ['main'], rules: [REVIEWED] } } });
    expect(await make('production')).toEqual(['there   environment production: from main']);
  });

  it('include an environment to compare each stack, from the default branch and without reviewers', async () => {
    useGitHub(tools, {});
    expect(await make('drift-staging')).toEqual(['made    environment drift-staging: from develop']);
    expect(await make('drift-production')).toEqual(['made    environment drift-production: from trunk']);
    expect(readFileSync(join(tools.folder, 'put'), 'utf8')).not.toContain('reviewers');
  });

  it('keep the existing reviewers and rules of an environment that gets its branch', async () => {
    const rules = [REVIEWED, { type: 'wait_timer', wait_timer: 30 }];
    useGitHub(tools, { environments: { production: { branches: [], rules } } });
    await make('production');
    expect(put()).toMatchObject({
      reviewers: [{ type: 'Team', id: 5 }],
      prevent_self_review: true,
      wait_timer: 30,
    });
  });

  it('get the reviewers of an environment without any', async () => {
    useGitHub(tools, { environments: { production: { branches: ['main'] } } });
    expect(await make('production')).toEqual(['made    environment production: from main, 1 reviewers']);
    expect(changes()).toEqual(['PUT repos/o/r/environments/production --input -']);
  });

  it('lose every other branch and tag, which are printed', async () => {
    const wide = { branches: ['feature/*', 'main'], tags: ['v*', 'main'], rules: [REVIEWED] };
    useGitHub(tools, { environments: { production: wide } });
    expect(await make('production')).toEqual([
      'made    environment production: from main, 1 reviewers, no longer from feature/* and v* and main',
    ]);
    const list = 'repos/o/r/environments/production/deployment-branch-policies';
    expect(changes().slice(1)).toEqual([`DELETE ${list}/0`, `DELETE ${list}/50`, `DELETE ${list}/51`]);
  });

  it('are restricted when all protected branches were allowed', async () => {
    useGitHub(tools, { environments: { staging: { protectedOnly: true } } });
    expect((await make('staging'))[0]).toMatch(/^made/);
    expect(put()).toMatchObject({ deployment_branch_policy: { protected_branches: false } });
  });

  it('are not created when GitHub returns an error', async () => {
    useGitHub(tools, { first: `echo 'gh: Bad credentials (HTTP 401)'; exit 1` });
    await expect(make('production')).rejects.toThrow('gh: Bad credentials (HTTP 401)');
  });

  it('include a variable that has another value', async () => {
    tools.use('gh', 'old\n');
    expect(await run([variable('o/r', 'AWS_ACCOUNT_ID', 'new')])).toEqual([
      'made    variable AWS_ACCOUNT_ID: new',
    ]);
    expect(await run([variable('o/r', 'AWS_ACCOUNT_ID', 'old')])).toEqual([
      'there   variable AWS_ACCOUNT_ID: old',
    ]);
  });

  it('have the default branch and the ids of the repository', async () => {
    useGitHub(tools, { defaultBranch: 'develop' });
    expect(await identityOf('o/r')).toEqual({ repository: '42', owner: '7', defaultBranch: 'develop' });
  });
});

describe('the command', () => {
  const bootstrap = async (...args: readonly string[]) => {
    tools.usePulumi('', { whoami: '{"url":"file://~"}', 'stack ls': '[]' });
    useGitHub(tools, {});
    const all = ['--repository', 'o/r', '--dry-run', ...args];
    const { code, output } = await runProgram('infra/cli/bootstrap.ts', tools.environment(account.url), all)
      .ended;
    return { code, output, steps: output.split('\n').filter((line) => line.startsWith('to make')) };
  };

  it('restricts the environments before it sets the account, without which no job assumes a role', async () => {
    const { code, output, steps } = await bootstrap();
    expect(code, output).toBe(0);
    const ofGitHub = steps.filter((line) => /environment|variable/.test(line));
    expect(ofGitHub).toEqual([
      'to make environment staging',
      'to make environment drift-staging',
      'to make environment production',
      'to make environment drift-production',
      'to make variable AWS_ACCOUNT_ID',
      'to make variable PULUMI_STATE_BUCKET',
      'to make variable AWS_REGION',
    ]);
  });

  it('creates the resources of one environment in an account of its own', async () => {
    const { code, output, steps } = await bootstrap('--environments', 'production');
    expect(code, output).toBe(0);
    expect(output).toContain('pulumi up --stack shared-production');
    expect(output).not.toContain('staging');
    expect(steps.filter((line) => /stack|environment|variable|key of/i.test(line))).toEqual([
      'to make key of shared-production',
      'to make key of production',
      'to make stack shared-production',
      'to make stack production',
      'to make shared-production: environments',
      'to make production: sharedStack',
      'to make environment production',
      'to make environment drift-production',
      'to make variable AWS_ACCOUNT_ID_PRODUCTION',
      'to make variable PULUMI_STATE_BUCKET_PRODUCTION',
      'to make variable AWS_REGION_PRODUCTION',
    ]);
    expect((await bootstrap('--environments', 'test')).code).toBe(2);
  });
});
