import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Attest } from '#infra/cli/release/attestation.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import { deployImage } from '#infra/cli/release/deploy.ts';
import type { Verify } from '#infra/cli/release/release.ts';
import { verifyStack } from '#infra/cli/release/verify.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';
import { type RunningApp, startApp } from '../../../fakes/running-app.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `${REPOSITORY}@${digest(letter)}`;

const A_VERIFIED = { digest: digest('a'), verdict: 'verified' as const, at: '2026-11-01T00:00:00Z' };
const remembered = () =>
  account.parameterStore.releases('staging').map(({ digest, verdict }) => `${digest[7]} ${verdict}`);

let app: RunningApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

let account: FakeAccount;
let tools: FakeTools;
const lines: string[] = [];
beforeEach(async () => {
  lines.length = 0;
  account = new FakeAccount();
  await account.start();
  tools = new FakeTools();
  tools.usePulumi(account.url);
  tools.use('npm', '');
  account.ecr.push(digest('a'), 'staging');
  account.ecr.push(digest('b'));
  account.parameterStore.remember('staging', A_VERIFIED);
  const path = '/app-runtime/ansari-whatsapp/staging';
  account.parameters.set(`${path}/meta-app-secret`, 'development-app-secret');
  account.parameters.set(`${path}/meta-webhook-verify-token`, 'development-verify-token');
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

/** The verification itself, at the address of an app that runs here. */
const runs: Verify = (wanted, isRollback) =>
  verifyStack({
    ...target(),
    image: wanted,
    isRollback,
    url: app.url,
  });

const target = () => ({
  aws: openAws(account.access),
  stack: 'staging' as const,
  compute: 'apprunner' as const,
  worker: 'lambda' as const,
  print: (line: string) => lines.push(line),
  now: () => new Date('2026-11-21T04:31:00Z'),
  waitMs: 0,
  pause: async () => undefined,
});
const attested: Attest = async () => ({ attested: true, message: 'The workflow attests it.' });
const unattested: Attest = async () => ({ attested: false, message: 'Nobody attests it.' });

function deploy(letter: string, verify: Verify = runs, attest: Attest = attested) {
  return deployImage({ ...target(), verify, attest }, { image: image(letter), commit: 'c'.repeat(40) });
}

const ups = () =>
  tools
    .calls()
    .filter(([name]) => name === 'pulumi')
    .map((call) => call.find((word) => word.startsWith('ansari-whatsapp:image='))?.slice(22));

describe('deploying', () => {
  it('updates the stack to the image and records that it was verified', async () => {
    account.deploy(image('a'));
    expect(await deploy('b')).toBe('deployed');
    expect(ups()).toEqual([image('b')]);
    expect(account.ecr.tags(digest('b'))).toEqual(['verified-staging-20261121T043100Z', 'staging']);
    expect(account.parameterStore.releases('staging')).toEqual([
      {
        digest: digest('b'),
        verdict: 'verified',
        at: '2026-11-21T04:31:00.000Z',
        commit: 'c'.repeat(40),
      },
      A_VERIFIED,
    ]);
  });

  it('works for the first deployment', async () => {
    expect(await deploy('b')).toBe('deployed');
  });

  it('does not change the file of the stack', async () => {
    await deploy('b');
    const [call = []] = tools.calls();
    expect(call[call.indexOf('--config-file') + 1]).toMatch(/ansari-whatsapp-.*Pulumi\.staging\.yaml$/);
  });

  it.each([
    ['Pulumi takes it for success', 0],
    ['Pulumi sees it too', 1],
  ])('rolls back when App Runner rolled the update back and %s', async (_, exit) => {
    account.deploy(image('a'));
    account.appRunner.unhealthy.add(image('b'));
    tools.exits(exit, 0);
    expect(await deploy('b')).toBe('rolled back');
    expect(ups()).toEqual([image('b'), image('a')]);
    expect(remembered()).toEqual(['b rejected', 'a verified']);
    expect(account.ecr.tags(digest('b'))).toEqual([]);
    expect(account.ecr.tags(digest('a'))).toContain('staging');
  });

  it('rolls back when the verification fails', async () => {
    account.deploy(image('a'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
  });

  it('is broken when the verification of the rollback fails too', async () => {
    account.deploy(image('a'));
    expect(await deploy('b', async () => false)).toBe('broken');
  });

  it('is broken when nothing else ran before', async () => {
    expect(await deploy('b', async () => false)).toBe('broken');
    expect(ups()).toEqual([image('b')]);
  });

  it('rolls back when the verification throws', async () => {
    account.deploy(image('a'));
    const verify: Verify = (wanted, isRollback) =>
      isRollback ? runs(wanted, isRollback) : Promise.reject(new Error('no answer'));
    expect(await deploy('b', verify)).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
    expect(lines.join('\n')).toContain('The verification failed: Error: no answer');
  });

  it('is broken when the rollback cannot start, for any error', async () => {
    account.deploy(image('a'));
    const verify: Verify = async () => {
      account.refused.add('DescribeImages');
      return false;
    };
    expect(await deploy('b', verify)).toBe('broken');
    expect(lines.join('\n')).toContain('The rollback failed: AWS: AccessDeniedException');
  });

  it.each([
    ['the image cannot be tagged', 'PutImage', 'so it may expire'],
    ['the verdict cannot be written', 'PutParameter', `Cannot record that ${digest('b')} is verified`],
  ])('is deployed even when %s, and prints it', async (_, action, message) => {
    account.refused.add(action);
    expect(await deploy('b')).toBe('deployed');
    expect(lines.join('\n')).toContain(message);
  });

  it('rolls back to the image that ran before without releases or attestation, and prints it', async () => {
    account.deploy(image('a'));
    account.refused.add('GetParameter');
    expect(await deploy('b', async (wanted) => wanted === image('a'), unattested)).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
    expect(lines.join('\n')).toContain('/ansari-whatsapp/staging/releases cannot be read');
    expect(lines.join('\n')).toContain(`${image('a')}: Nobody attests it.`);
  });

  it('does not roll back to another image without attestation, and prints the command for it', async () => {
    account.deploy(image('b'));
    expect(await deploy('b', async (wanted) => wanted === image('a'), unattested)).toBe('broken');
    expect(ups()).toEqual([image('b')]);
    expect(lines.join('\n')).toContain(`npm run rollback -- staging ${digest('a')} --unattested`);
  });

  it('ignores the verdicts in tags when it rolls back', async () => {
    account.ecr.images.get(digest('a'))?.tags.add('rejected-staging-20261120T000000Z');
    account.ecr.push(digest('e'), 'verified-staging-20261120T000000Z');
    account.deploy(image('a'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    account.parameterStore.remember('staging');
    account.deploy(image('b'));
    expect(await deploy('b', async (wanted) => wanted === image('e'))).toBe('broken');
  });

  it('rolls back to the image verified before when the registry no longer has the one that ran', async () => {
    account.ecr.push(digest('d'));
    account.deploy(image('d'));
    account.ecr.images.delete(digest('d'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
  });

  it('rolls back to the image verified last when an interrupted deployment left this image', async () => {
    account.deploy(image('b'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
  });

  it('does not roll back when the same image was verified before, since the cause is elsewhere', async () => {
    account.deploy(image('a'));
    expect(await deploy('a', async () => false)).toBe('broken');
    expect(ups()).toEqual([image('a')]);
    expect(lines.join('\n')).toContain('git log -p Pulumi.staging.yaml');
  });

  it('does not roll back to an image that never ran', async () => {
    account.deploy(image('a'));
    account.appRunner.status = 'CREATE_FAILED';
    tools.exits(1);
    expect(await deploy('b')).toBe('broken');
    expect(ups()).toEqual([image('b')]);
  });

  it.each([
    ['the program refuses the configuration', 'Stack staging: one thing to mend, nothing was created.'],
    ['another up holds the stack', 'error: the stack is currently locked by 1 lock(s).'],
    ['the preview fails', 'Previewing update (staging):\nerror: preview failed'],
  ])('does not roll back when %s', async (_, message) => {
    account.deploy(image('a'));
    process.env.FAKE_PULUMI_SAYS = message;
    tools.exits(1);
    expect(await deploy('b')).toBe('unchanged');
    expect(ups()).toEqual([image('b')]);
  });

  const FIRST_USE =
    'Updating (staging):\n  error: CreateCluster: InvalidParameterException: Unable to assume the service linked role. Please verify that the ECS service linked role exists.';

  it('retries once, after a pause, when AWS has just created its service-linked role', async () => {
    process.env.FAKE_PULUMI_SAYS = FIRST_USE;
    tools.exits(1, 0);
    const pauses: number[] = [];
    const pause = async (ms: number) => pauses.push(ms);
    const release = { ...target(), pause, verify: runs, attest: attested };
    expect(await deployImage(release, { image: image('b') })).toBe('deployed');
    expect(ups()).toEqual([image('b'), image('b')]);
    expect(pauses).toEqual([60_000]);
    expect(lines.join('\n')).toContain('ECS is used for the first time in this account');
  });

  it('does not retry twice, nor for another error', async () => {
    process.env.FAKE_PULUMI_SAYS = FIRST_USE;
    tools.exits(1, 1, 0);
    expect(await deploy('b')).toBe('broken');
    expect(ups()).toEqual([image('b'), image('b')]);
    process.env.FAKE_PULUMI_SAYS = 'Updating (staging):\n  error: AccessDenied';
    tools.exits(1, 0);
    expect(await deploy('b')).toBe('broken');
    expect(ups()).toHaveLength(3);
  });

  it('does not start while the service is paused, and prints the command to resume it', async () => {
    account.deploy(image('a'));
    account.appRunner.status = 'PAUSED';
    await expect(deploy('b')).rejects.toThrow(
      /^staging is paused.*aws apprunner resume-service --service-arn arn:/,
    );
    expect(tools.calls()).toEqual([]);
  });

  it('waits for an operation in progress, and does not start when that takes too long', async () => {
    account.deploy(image('a'));
    account.appRunner.busyFor = 3;
    const patient = { ...target(), attest: attested, verify: runs, waitMs: 60_000 };
    expect(await deployImage(patient, { image: image('b') })).toBe('deployed');
    account.appRunner.busyFor = 3;
    await expect(deploy('a')).rejects.toThrow(
      'still being changed (OPERATION_IN_PROGRESS). Nothing was done',
    );
    expect(ups()).toEqual([image('b')]);
  });

  it('does not start with a missing image, or with a tag', async () => {
    await expect(deploy('c')).rejects.toThrow(`no image ${digest('c')}`);
    const release = { ...target(), attest: attested, verify: runs };
    await expect(deployImage(release, { image: `${REPOSITORY}:latest` })).rejects.toThrow(
      'not a digest reference',
    );
    expect(tools.calls()).toEqual([]);
  });
});
