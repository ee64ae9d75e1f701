/** The worker on Fargate, with Pulumi's real engine and the provider's own calls to an emulated ECS. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '#infra/cli/plan/root.ts';
import { pathWithEc2 } from './aws-plugin.ts';
import { EmulatedAccount } from './emulated-account.ts';
import { canRun } from './needs.ts';
import { missingForAccount, OwnAccount } from './own-account.ts';
import { PulumiProject } from './pulumi-project.ts';
import { digest, NO_APP_RUNNER, PLAIN, SECRETS } from './pulumi-settings.ts';

const missing = [...NO_APP_RUNNER, ...missingForAccount()];

describe.skipIf(!canRun('fargate', missing))('the worker on Fargate, with Pulumi’s real engine', () => {
  const project = new PulumiProject();
  let account: EmulatedAccount;
  let own: OwnAccount | undefined;

  beforeAll(async () => {
    own = await OwnAccount.start();
    account = new EmulatedAccount(own.url);
    project.make();
    project.use({
      AWS_ENDPOINT_URL: own.url,
      PATH: `${join(ROOT, 'node_modules/.bin')}:${pathWithEc2()}`,
    });
    for (const stack of ['shared', 'staging']) await project.must('stack', 'init', stack);
    await project.configure('staging', { ...PLAIN, worker: 'fargate' }, SECRETS);
    await project.up('shared');
    await project.up('staging');
  });
  afterAll(() => {
    own?.end();
    project.remove();
  });

  it('is created, and a refresh finds no difference', async () => {
    await project.up('staging', '--expect-no-changes');
    await project.must('refresh', '--yes', '--skip-preview', '--expect-no-changes', '--stack', 'staging');
    const { service, container, family } = await account.taskService('ansari-whatsapp-staging');
    expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 1, launchType: 'FARGATE' });
    expect(family).toBe('ansari-whatsapp-staging-worker');
    expect(container).toMatchObject({
      image: digest('1'),
      command: expect.arrayContaining(['--worker']),
      secrets: expect.arrayContaining([
        { name: 'META_APP_SECRET', valueFrom: expect.stringContaining('/staging/meta-app-secret') },
      ]),
    });
    expect(Object.values(await account.rights('ansari-whatsapp-staging-worker-task')).flat()).toContain(
      'sqs:ReceiveMessage',
    );
  });

  it('runs a new image in new tasks, and replaces no data', async () => {
    await project.configure('staging', { image: digest('2') });
    expect(await project.changes('staging')).toEqual({
      replace: ['TaskDefinition worker'],
      update: ['Service web', 'Service worker'],
    });
    await project.up('staging');
    expect((await account.taskService('ansari-whatsapp-staging')).container).toMatchObject({
      image: digest('2'),
    });
    expect(await project.changes('staging')).toEqual({});
  });

  it('becomes a Lambda function and tasks again, while queue, tables, parameters and log group stay', async () => {
    for (const worker of ['lambda', 'fargate']) {
      await project.configure('staging', { worker });
      const touched = Object.values(await project.changes('staging')).flat();
      expect(touched.filter((name) => /^(Table|Queue|Parameter|LogGroup) /.test(name))).toEqual([]);
      await project.up('staging');
      expect(await project.changes('staging')).toEqual({});
      const isLambda = worker === 'lambda';
      expect(await account.holding('function')).toHaveLength(isLambda ? 1 : 0);
      expect(await account.holding('service ')).toHaveLength(isLambda ? 0 : 1);
    }
  });

  it('is destroyed with its stack', async () => {
    await project.destroy('staging');
    expect(await account.holding('staging-')).toEqual([]);
    expect(await account.holding('cluster ')).toEqual([]);
  });
});
