import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateBucket } from '../../scripts/bootstrap/bucket.ts';
import { stateKey } from '../../scripts/bootstrap/key.ts';
import { githubProvider } from '../../scripts/bootstrap/oidc-provider.ts';
import { environment, idsOf, variable } from '../../scripts/bootstrap/repository.ts';
import { login, setting, stack } from '../../scripts/bootstrap/stacks.ts';
import { runSteps, type Step } from '../../scripts/bootstrap/step.ts';
import { FakeAccount } from '../fakes/aws/account.ts';
import { FakeTools } from '../fakes/tools/tools.ts';

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
  await runSteps(steps, { say: (line) => lines.push(line), dryRun });
  return lines;
}

describe('what an account gets', () => {
  const steps = (region = 'us-west-2') => {
    const options = { ...account.access, region };
    return [
      stateBucket(new S3Client(options), 'the-bucket', region),
      stateKey(new KMSClient(options), 'staging'),
    ];
  };

  it('is made once and found from then on', async () => {
    expect((await run(steps())).map((line) => line.slice(0, 4))).toEqual(['made', 'made']);
    expect((await run(steps())).map((line) => line.slice(0, 5))).toEqual(['there', 'there']);
    expect(account.kms.aliases).toEqual(new Map([['alias/ansari-whatsapp-state-staging', 'key-1']]));
    expect(account.kms.rotating).toEqual(new Set(['key-1']));
  });

  it('is a bucket that keeps old states, for 90 days, and lets nobody in', async () => {
    await run(steps());
    const settings = account.s3.buckets.get('the-bucket');
    expect(settings?.get('create')).toContain('us-west-2');
    expect(settings?.get('versioning')).toContain('<Status>Enabled</Status>');
    expect(settings?.get('lifecycle')).toContain('<NoncurrentDays>90</NoncurrentDays>');
    expect(settings?.get('publicAccessBlock')?.match(/true/g)).toHaveLength(4);
    expect(settings?.get('encryption')).toContain('AES256');
    expect(settings?.get('policy')).toContain('"aws:SecureTransport":"false"');
  });

  it('is a bucket in the region, which S3 must not be told for us-east-1', async () => {
    await run(steps('eu-west-1'));
    expect(account.s3.buckets.get('the-bucket')?.get('create')).toContain('eu-west-1');
    account.s3.buckets.clear();
    await run(steps('us-east-1'));
    expect(account.s3.buckets.get('the-bucket')?.get('create')).not.toContain('LocationConstraint');
  });

  it('is completed when an earlier run was cut off', async () => {
    account.s3.buckets.set('the-bucket', new Map());
    expect((await run(steps()))[0]).toMatch(/^made/);
    expect(account.s3.buckets.get('the-bucket')?.has('create')).toBe(false);
    expect(account.s3.buckets.get('the-bucket')?.has('policy')).toBe(true);
  });

  it('says how to have a key back that is going to be deleted', async () => {
    account.kms.aliases.set('alias/ansari-whatsapp-state-staging', 'key-7');
    account.kms.goingAway.add('key-7');
    await expect(run(steps())).rejects.toThrow(
      'cancel-key-deletion --key-id key-7 && aws kms enable-key --key-id key-7',
    );
  });

  it('is left unmade by a dry run', async () => {
    expect(await run(steps(), true)).toEqual(['to make bucket of the state', 'to make key of staging']);
    expect(account.s3.buckets.size).toBe(0);
    expect(account.actions).toEqual(['DescribeKey']);
  });
});

describe('what Pulumi gets', () => {
  const words = () => tools.calls().map((call) => call.slice(1).join(' '));
  const steps = [
    login('the-bucket', 'us-west-2'),
    stack('staging', 'us-west-2'),
    setting('staging', 'accountId', async () => '123456789012'),
  ];

  it('is a stack in the bucket with a key of its own', async () => {
    tools.usePulumi('', { whoami: '{"url":"file://~"}', 'stack ls': '[]' });
    await run(steps);
    const all = words().join('\n');
    expect(all).toContain('login s3://the-bucket?region=us-west-2');
    expect(all).toContain(
      'stack init staging --secrets-provider awskms://alias/ansari-whatsapp-state-staging?region=us-west-2',
    );
    expect(all).toContain('config set accountId 123456789012 --stack staging');
  });

  it('is found when it is there', async () => {
    tools.usePulumi('', {
      whoami: '{"url":"s3://the-bucket?region=us-west-2"}',
      'stack ls': '[{"name":"organization/ansari-whatsapp/staging"}]',
      'config get': '123456789012\n',
    });
    expect((await run(steps)).every((line) => line.startsWith('there'))).toBe(true);
    expect(words().filter((call) => /^(login|stack init|config set)/.test(call))).toEqual([]);
  });
});

describe("GitHub's OIDC provider", () => {
  const ARN = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const told: string[] = [];
  const provide = async () => {
    told.length = 0;
    const iam = new IAMClient({ ...account.access, region: 'us-west-2' });
    return run(await githubProvider(iam, (line) => told.push(line)));
  };
  const words = () => tools.calls().map((call) => call.slice(1).join(' '));
  beforeEach(() => {
    tools.usePulumi('');
    const other = ARN.replace('token.actions.githubusercontent.com', 'example.org');
    account.iam.providers.set(other, { audiences: [], tags: {} });
  });

  it('is left to Pulumi when there is none', async () => {
    expect(await provide()).toEqual([]);
    expect(told).toEqual([expect.stringContaining('none, pulumi up --stack shared makes it')]);
    expect(words()).toEqual([]);
  });

  it('is left to Pulumi when Pulumi made it: naming it would have it deleted', async () => {
    const tags = { project: 'ansari-whatsapp', 'managed-by': 'pulumi' };
    account.iam.providers.set(ARN, { audiences: ['sts.amazonaws.com'], tags });
    expect(await provide()).toEqual([]);
    expect(told).toEqual([expect.stringContaining(ARN)]);
    expect(words()).toEqual([]);
  });

  it('is used when somebody else made it, and lets our tokens in from then on', async () => {
    account.iam.providers.set(ARN, { audiences: ['another'], tags: { 'managed-by': 'pulumi' } });
    expect((await provide()).map((line) => line.slice(0, 5))).toEqual(['made ', 'made ']);
    expect(words()).toContain(
      `config set githubOidcProviderArn ${ARN} --stack shared --non-interactive --color never`,
    );
    expect(account.iam.providers.get(ARN)?.audiences).toEqual(['another', 'sts.amazonaws.com']);
    tools.usePulumi('', { 'config get': `${ARN}\n` });
    expect((await provide()).map((line) => line.slice(0, 5))).toEqual(['there', 'there']);
  });
});

const REVIEWED = '{"type":"required_reviewers","reviewers":[{"type":"Team","reviewer":{"id":5}}]}';

describe('what GitHub gets', () => {
  it('is an environment for one branch, with reviewers in production', async () => {
    tools.use('gh', '{"branch_policies":[]}');
    const [line] = await run([environment('o/r', 'production', [7])]);
    expect(line).toContain('from main, 1 reviewers');
    const policies = ['api', 'repos/o/r/environments/production/deployment-branch-policies'];
    expect(tools.calls().map((call) => call.slice(1))).toEqual([
      policies,
      ['api', 'repos/o/r/environments/production'],
      ['api', 'repos/o/r/environments/production'],
      ['api', '--method', 'PUT', 'repos/o/r/environments/production', '--input', '-'],
      policies,
      [
        'api',
        '--method',
        'POST',
        'repos/o/r/environments/production/deployment-branch-policies',
        '-f',
        'name=main',
      ],
    ]);
    tools.use('gh', `{"branch_policies":[{"name":"main"}],"protection_rules":[${REVIEWED}]}`);
    expect(await run([environment('o/r', 'production', [7])])).toEqual([
      'there   environment production: from main',
    ]);
  });

  it('keeps the reviewers that it has when it gets its branch', async () => {
    const kept = '[ "$3" = PUT ] && cat > "$FAKE_TOOLS/put"';
    tools.use('gh', `{"branch_policies":[],"protection_rules":[${REVIEWED}]}`, 0, kept);
    await run([environment('o/r', 'production', [7])]);
    const put: unknown = JSON.parse(readFileSync(join(tools.folder, 'put'), 'utf8'));
    expect(put).toMatchObject({ reviewers: [{ type: 'Team', id: 5 }] });
  });

  it('gets its reviewers later when it had none', async () => {
    tools.use('gh', '{"branch_policies":[{"name":"main"}],"protection_rules":[]}');
    const [line] = await run([environment('o/r', 'production', [7])]);
    expect(line).toContain('from main, 1 reviewers');
    expect(tools.calls().filter((call) => call.includes('POST'))).toEqual([]);
    expect(tools.calls().filter((call) => call.includes('PUT'))).toHaveLength(1);
  });

  it('is a variable when it has another value', async () => {
    tools.use('gh', 'old\n');
    expect(await run([variable('o/r', 'AWS_ACCOUNT_ID', 'new')])).toEqual([
      'made    variable AWS_ACCOUNT_ID: new',
    ]);
    expect(await run([variable('o/r', 'AWS_ACCOUNT_ID', 'old')])).toEqual([
      'there   variable AWS_ACCOUNT_ID: old',
    ]);
  });

  it('tells the numbers that its tokens carry', async () => {
    tools.use('gh', '{"id":42,"owner":{"id":7}}');
    expect(await idsOf('o/r')).toEqual({ repository: '42', owner: '7' });
  });
});
