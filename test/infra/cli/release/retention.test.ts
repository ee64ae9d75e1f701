import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAws } from '#infra/cli/release/aws.ts';
import { setLogRetention } from '#infra/cli/release/retention.ts';
import { logRetentionOf } from '#infra/cli/release/stack.ts';
import { FakeAccount } from '../../../fakes/aws/account.ts';

const group = (name: string) => `/aws/apprunner/ansari-whatsapp-staging/${name}`;

let account: FakeAccount;
let lines: string[];
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
  lines = [];
});
afterEach(() => account.close());

const end = () => setLogRetention(openAws(account.access), 'staging', 30, (line) => lines.push(line));

it('sets the retention of every log group that App Runner created for the stack, and of no other', async () => {
  account.logGroups.days
    .set(group('now/application'), undefined)
    .set(group('now/service'), undefined)
    .set(group('gone/application'), 7)
    .set('/aws/apprunner/ansari-whatsapp-staging-2/now/application', undefined)
    .set('/ansari-whatsapp/staging/worker', 90);
  await end();
  expect(Object.fromEntries(account.logGroups.days)).toEqual({
    [group('now/application')]: 30,
    [group('now/service')]: 30,
    [group('gone/application')]: 30,
    '/aws/apprunner/ansari-whatsapp-staging-2/now/application': undefined,
    '/ansari-whatsapp/staging/worker': 90,
  });
});

it('changes nothing the second time', async () => {
  account.logGroups.days.set(group('now/application'), undefined);
  await end();
  await end();
  expect(account.actions.filter((action) => action === 'PutRetentionPolicy')).toHaveLength(1);
  expect(lines).toEqual([`${group('now/application')} is kept for 30 days`]);
});

it('prints the missing permission, and goes on', async () => {
  account.logGroups.days.set(group('now/application'), undefined);
  account.refused.add('PutRetentionPolicy');
  await end();
  expect(lines).toEqual([expect.stringContaining('logs:PutRetentionPolicy')]);
});

it('reads the days from the file of the stack', () => {
  expect(logRetentionOf('production')).toBe(90);
  expect(logRetentionOf('staging')).toBe(30);
});

it('prints a connection error, and goes on', async () => {
  const nowhere = openAws({ ...account.access, endpoint: 'http://127.0.0.1:1' });
  await setLogRetention(nowhere, 'staging', 30, (line) => lines.push(line));
  expect(lines).toEqual([expect.stringContaining('ECONNREFUSED')]);
});
