import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensurePulumi, isOlder, mustPulumi, runUpdate } from '#infra/cli/release/pulumi.ts';
import { pulumiErrorIn } from '#infra/cli/release/pulumi-errors.ts';
import { awsOf } from '#infra/cli/release/stack.ts';
import { DEFAULT_REGION, MIN_PULUMI_VERSION } from '#infra/names.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const root = join(import.meta.dirname, '../../../..');

let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
});
afterEach(() => tools.restore());

describe('the required version of Pulumi', () => {
  it('is the same in every file', () => {
    const project: unknown = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'));
    expect(project).toMatchObject({ requiredPulumiVersion: `>=${MIN_PULUMI_VERSION}` });
    const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
    expect(runbook).toContain(`Pulumi ${MIN_PULUMI_VERSION.replace(/\.0$/, '')} or newer`);
    // The workflows install the version of the SDK.
    const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    expect(isOlder(devDependencies['@pulumi/pulumi'] ?? '0')).toBe(false);
  });

  it('uses the region of the project, as the commands do', () => {
    const project: unknown = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'));
    expect(project).toMatchObject({ config: { 'aws:region': DEFAULT_REGION } });
    expect(awsOf('staging')).toMatchObject({ region: DEFAULT_REGION, repositoryName: 'ansari-whatsapp' });
  });

  it('may be the minimum version or newer', async () => {
    for (const version of ['v3.217.0', 'v3.245.1', 'v4.0.0']) {
      tools.usePulumi('', { version });
      await ensurePulumi();
    }
  });

  it.each(['v3.216.9', 'v3.99.0'])('is not an older version: %s', async (version) => {
    tools.usePulumi('', { version });
    await expect(ensurePulumi()).rejects.toThrow(`This is Pulumi ${version.slice(1)}, and the program needs`);
  });

  it('is on PATH', async () => {
    process.env.PATH = tools.folder;
    await expect(ensurePulumi()).rejects.toThrow(/^pulumi is not on PATH: curl /);
  });
});

/** What Pulumi 3.245 printed, and what has to be in our sentence. */
const SAID: readonly [what: string, output: string, sentence: RegExp][] = [
  [
    'an older command line',
    'error: Pulumi CLI version 3.245.0 does not satisfy the version range ">=99.0.0"',
    /^This is Pulumi 3\.245\.0, and the program needs >=99\.0\.0: curl /,
  ],
  [
    'no login',
    'error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions',
    /npm run bootstrap logs in/,
  ],
  [
    'a backend that refuses connections',
    'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , HostID: , request send failed, Get "http://127.0.0.1:1/bucket/.pulumi/meta.yaml?x-id=GetObject": dial tcp 127.0.0.1:1: connect: connection refused\n',
    /cannot be reached \(connection refused\): .*PULUMI_BACKEND_URL/,
  ],
  [
    'a bucket that is not there',
    'error: error listing stacks: could not list bucket: blob (code=NotFound): operation error S3: ListObjectsV2, https response error StatusCode: 404, RequestID: 5, HostID: 9, NoSuchBucket: The specified bucket does not exist',
    /cannot be reached \(The specified bucket does not exist\)/,
  ],
  [
    'a folder that is not there',
    'error: unable to open bucket file:///nope?no_tmp_dir=true: stat /nope: no such file or directory',
    /cannot be reached \(no such file or directory\)/,
  ],
  [
    'a stack that is not there',
    "error: no stack named 'staging' found",
    /no stack staging .*npm run bootstrap/,
  ],
  [
    'a state in a folder beside which a kill left an empty file',
    'error: failed to load checkpoint: EOF',
    /delete staging\.json\.attrs in \.pulumi\/stacks\//,
  ],
  [
    'a wrong passphrase',
    'error: getting stack configuration: get stack secrets manager: incorrect passphrase',
    /not the one .*PULUMI_CONFIG_PASSPHRASE/,
  ],
  [
    'no passphrase',
    'error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables',
    /set PULUMI_CONFIG_PASSPHRASE to it/,
  ],
  [
    'a lock',
    'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  s3://bucket/.pulumi/locks/organization/ansari-whatsapp/staging/a.json: created by amina@laptop (pid 41) at 2026-11-21T06:00:00Z\n',
    /locked by amina@laptop \(pid 41\) at .*: wait .*pulumi cancel --stack staging/,
  ],
  [
    'another account',
    'error: AWS account ID not allowed: 123456789012',
    /of account 123456789012.*export AWS_PROFILE/,
  ],
];

describe('a known error before an update', () => {
  it.each(SAID)('is printed as one sentence: %s', (_, output, sentence) => {
    const said = pulumiErrorIn(output, 'staging');
    expect(said).toMatch(sentence);
    expect(said).not.toContain('\n');
  });

  it.each(SAID)('is not recognised once resources were changed: %s', (_, output) => {
    expect(
      pulumiErrorIn(`Previewing update (staging):\n\nUpdating (staging):\n${output}`, 'staging'),
    ).toBeUndefined();
  });

  it('is not recognised in another output', () => {
    expect(pulumiErrorIn('error: update failed', 'staging')).toBeUndefined();
  });

  it("is printed as the program's errors are, and causes no rollback", async () => {
    tools.usePulumi('');
    tools.exits(255);
    process.env.FAKE_PULUMI_SAYS = "error: no stack named 'staging' found\n";
    const { code, output } = await runUpdate('up', 'staging', {});
    expect(code).toBe(255);
    expect(output).toContain('Stack staging: nothing was created. There is no stack staging in this backend');
  });

  it('is all that a command prints', async () => {
    tools.use(
      'pulumi',
      'error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions',
      1,
    );
    await expect(mustPulumi('stack', 'init')).rejects.toThrow(/^Pulumi is not logged in[^\n]*$/);
    tools.use('pulumi', 'error: something else', 1);
    await expect(mustPulumi('stack', 'init')).rejects.toThrow(
      'pulumi stack init ended with 1\nerror: something',
    );
  });
});
