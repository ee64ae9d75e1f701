import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogGroup } from '#infra/log-group.ts';
import { FakeAccount } from '../fakes/aws/account.ts';

const NAME = '/aws/apprunner/ansari-whatsapp-staging/0123/application';
let account: FakeAccount;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
});
afterEach(() => account.close());

const create = () =>
  createLogGroup({
    region: 'us-west-2',
    logGroupName: NAME,
    pause: async () => undefined,
    access: account.access,
  });

it('creates a log group once, and finds one that App Runner has created', async () => {
  await create();
  await create();
  expect([...account.logGroups.days.keys()]).toEqual([NAME]);
});

it('tries again while App Runner is creating the same group', async () => {
  account.logGroups.conflicts = 2;
  await create();
  expect([...account.logGroups.days.keys()]).toEqual([NAME]);
});

it('stops retrying, with the group and the permission in the error', async () => {
  account.logGroups.conflicts = 100;
  await expect(create()).rejects.toThrow('OperationAbortedException');
  account.logGroups.conflicts = 0;
  account.refused.add('CreateLogGroup');
  await expect(create()).rejects.toThrow(
    `the log group ${NAME} could not be created (logs:CreateLogGroup): AccessDeniedException`,
  );
});
