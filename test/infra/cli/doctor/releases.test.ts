import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkReleases } from '#infra/cli/doctor/releases.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const verified = (letter: string, day: number) => ({
  digest: digest(letter),
  verdict: 'verified' as const,
  at: new Date(Date.UTC(2026, 10, day)).toISOString(),
});

let account: FakeAccount;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
});
afterEach(() => account.close());
const check = () => checkReleases(openAws(account.access), 'staging', `${REPOSITORY}@${digest('c')}`);

describe('the image to roll back to', () => {
  it('is the image verified before the one that runs', async () => {
    account.parameterStore.remember('staging', verified('c', 3), verified('b', 2), verified('a', 1));
    account.ecr.push(digest('a'));
    account.ecr.push(digest('b'));
    const { outcome, message } = await check();
    expect([outcome, message]).toEqual([
      'good',
      `${digest('b')}, verified 2026-11-02T00:00:00.000Z, and 1 before it`,
    ]);
  });

  it('is reported when the registry no longer has it', async () => {
    account.parameterStore.remember('staging', verified('c', 3), verified('b', 2));
    account.ecr.push(digest('c'), 'verified-staging-20261102T000000Z');
    expect(await check()).toMatchObject({
      outcome: 'warning',
      message: expect.stringContaining('no longer has any other image'),
    });
  });

  it('does not exist after the first release', async () => {
    expect(await check()).toMatchObject({ outcome: 'skipped' });
    account.parameterStore.remember('staging', verified('c', 3));
    expect(await check()).toMatchObject({ outcome: 'skipped' });
  });

  it('is unknown when the releases are invalid or may not be read', async () => {
    account.parameterStore.write('/ansari-whatsapp/staging/releases', 'nothing');
    expect(await check()).toMatchObject({
      outcome: 'bad',
      fix: expect.stringContaining('get-parameter-history'),
    });
    account.refused.add('GetParameter');
    expect(await check()).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('not allowed'),
    });
  });
});
