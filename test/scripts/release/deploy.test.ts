import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '../../../scripts/release/aws.ts';
import { deployImage } from '../../../scripts/release/deploy.ts';
import type { Verify } from '../../../scripts/release/rollback.ts';
import { verifyStack } from '../../../scripts/release/verify.ts';
import { FakeAccount, REPOSITORY } from '../../fakes/aws/account.ts';
import { type RunningApp, startApp } from '../../fakes/running-app.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `${REPOSITORY}@${digest(letter)}`;

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
  account.ecr.push(digest('a'), 'verified-staging-20261101T000000Z', 'staging');
  account.ecr.push(digest('b'));
  const path = '/app-runtime/ansari-whatsapp/staging';
  account.parameters.set(`${path}/meta-app-secret`, 'development-app-secret');
  account.parameters.set(`${path}/meta-webhook-verify-token`, 'development-verify-token');
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

/** The verification itself, at the address of an app that runs here. */
const runs: Verify = (wanted, goingBack) =>
  verifyStack({
    ...given(),
    image: wanted,
    goingBack,
    url: app.url,
  });

const given = () => ({
  aws: openAws(account.access),
  stack: 'staging' as const,
  compute: 'apprunner' as const,
  worker: 'lambda' as const,
  say: (line: string) => lines.push(line),
  now: () => new Date('2026-11-21T04:31:00Z'),
  waitMs: 0,
  pause: async () => undefined,
});

function deploy(letter: string, verify: Verify = runs) {
  return deployImage({
    ...given(),
    image: image(letter),
    verify,
  });
}

const ups = () =>
  tools
    .calls()
    .filter(([name]) => name === 'pulumi')
    .map((call) => call.find((word) => word.startsWith('ansari-whatsapp:image='))?.slice(22));

describe('deploying', () => {
  it('brings the stack up with the image and remembers that it was verified', async () => {
    account.deploy(image('a'));
    expect(await deploy('b')).toBe('deployed');
    expect(ups()).toEqual([image('b')]);
    expect(account.ecr.tags(digest('b'))).toEqual(['verified-staging-20261121T043100Z', 'staging']);
  });

  it('works the first time, when there is nothing yet', async () => {
    expect(await deploy('b')).toBe('deployed');
  });

  it('leaves the file of the stack alone', async () => {
    await deploy('b');
    const [call = []] = tools.calls();
    expect(call[call.indexOf('--config-file') + 1]).toMatch(/ansari-whatsapp-.*Pulumi\.staging\.yaml$/);
  });

  it.each([
    ['Pulumi takes it for success', 0],
    ['Pulumi sees it too', 1],
  ])('goes back when App Runner rolled the update back and %s', async (_, exit) => {
    account.deploy(image('a'));
    account.appRunner.unhealthy.add(image('b'));
    tools.exits(exit, 0);
    expect(await deploy('b')).toBe('rolled back');
    expect(ups()).toEqual([image('b'), image('a')]);
    expect(account.ecr.tags(digest('b'))).toEqual(['rejected-staging-20261121T043100Z']);
    expect(account.ecr.tags(digest('a'))).toContain('staging');
  });

  it('goes back when what runs does not hold', async () => {
    account.deploy(image('a'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
  });

  it('is broken when the way back does not hold either', async () => {
    account.deploy(image('a'));
    expect(await deploy('b', async () => false)).toBe('broken');
  });

  it('is broken when nothing else ran before', async () => {
    expect(await deploy('b', async () => false)).toBe('broken');
    expect(ups()).toEqual([image('b')]);
  });

  it('goes back when it cannot be looked at', async () => {
    account.deploy(image('a'));
    const verify: Verify = (wanted, goingBack) =>
      goingBack ? runs(wanted, goingBack) : Promise.reject(new Error('no answer'));
    expect(await deploy('b', verify)).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
    expect(lines.join('\n')).toContain('It cannot be verified: Error: no answer');
  });

  it('says that it is broken when the way back is barred, whatever bars it', async () => {
    account.deploy(image('a'));
    const verify: Verify = async () => {
      account.refused.add('DescribeImages');
      return false;
    };
    expect(await deploy('b', verify)).toBe('broken');
    expect(lines.join('\n')).toContain('The way back is barred: AWS: AccessDeniedException');
  });

  it('is deployed even when the registry takes no verdict, and says so', async () => {
    account.refused.add('PutImage');
    expect(await deploy('b')).toBe('deployed');
    expect(lines.join('\n')).toContain(`could not be told that ${digest('b')} is verified in staging`);
  });

  it('goes back to what was verified last when an interrupted deployment left this very image', async () => {
    account.deploy(image('b'));
    expect(await deploy('b', async (wanted) => wanted === image('a'))).toBe('rolled back');
    expect(account.appRunner.image).toBe(image('a'));
  });

  it('goes nowhere with an image that held here before: the reason is not in it', async () => {
    account.deploy(image('a'));
    expect(await deploy('a', async () => false)).toBe('broken');
    expect(ups()).toEqual([image('a')]);
    expect(lines.join('\n')).toContain('git log -p Pulumi.staging.yaml');
  });

  it('does not go back to an image that never came up', async () => {
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
  ])('goes nowhere when %s', async (_, says) => {
    account.deploy(image('a'));
    process.env.FAKE_PULUMI_SAYS = says;
    tools.exits(1);
    expect(await deploy('b')).toBe('unchanged');
    expect(ups()).toEqual([image('b')]);
  });

  it('does not begin while the service is paused, and says how to go on', async () => {
    account.deploy(image('a'));
    account.appRunner.status = 'PAUSED';
    await expect(deploy('b')).rejects.toThrow(
      /^staging is paused.*aws apprunner resume-service --service-arn arn:/,
    );
    expect(tools.calls()).toEqual([]);
  });

  it('waits for an operation under way, and does not begin when that takes too long', async () => {
    account.deploy(image('a'));
    account.appRunner.busyFor = 3;
    const patient = { ...given(), verify: runs, image: image('b'), waitMs: 60_000 };
    expect(await deployImage(patient)).toBe('deployed');
    account.appRunner.busyFor = 3;
    await expect(deploy('a')).rejects.toThrow(
      'still being changed (OPERATION_IN_PROGRESS). Nothing was done',
    );
    expect(ups()).toEqual([image('b')]);
  });

  it('does not begin with an image that is not there, or with a tag', async () => {
    await expect(deploy('c')).rejects.toThrow(`no image ${digest('c')}`);
    const tagged = { ...given(), verify: runs, image: `${REPOSITORY}:latest` };
    await expect(deployImage(tagged)).rejects.toThrow('not a digest reference');
    expect(tools.calls()).toEqual([]);
  });
});
