import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '#infra/cli/release/aws.ts';
import { Releases } from '#infra/cli/release/releases.ts';
import {
  mergeReleases,
  parseReleases,
  type ReleaseRecord,
  serializeReleases,
  verifiedExcept,
} from '#infra/cli/release/verdicts.ts';
import { FakeAccount } from '../../../fakes/aws/account.ts';

const NAME = '/ansari-whatsapp/staging/releases';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const day = (number: number) => new Date(Date.UTC(2026, 10, number)).toISOString();
const verdict = (letter: string, verdict: ReleaseRecord['verdict'], on: number): ReleaseRecord => ({
  digest: digest(letter),
  verdict,
  at: day(on),
});
const letters = (releases: readonly ReleaseRecord[]) =>
  releases.map(({ digest, verdict }) => `${digest[7]} ${verdict}`);

let account: FakeAccount;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
});
afterEach(() => account.close());
const releases = () => new Releases(openAws(account.access).ssm, 'staging');

describe('the parameter with the releases', () => {
  it('is created by the first verdict', async () => {
    expect(await releases().read()).toEqual({ releases: [], version: 0 });
    await releases().record(verdict('a', 'verified', 1));
    expect(await releases().read()).toEqual({ releases: [verdict('a', 'verified', 1)], version: 1 });
  });

  it('loses no verdict of a concurrent writer, nor of one that writes during the merge', async () => {
    account.parameterStore.remember('staging', verdict('a', 'verified', 1));
    const others = [verdict('b', 'verified', 2), verdict('c', 'rejected', 3)];
    // Both began with version 1, so each of their writes forgets the one before.
    account.parameterStore.beforeWrite = () => {
      const other = others.shift();
      if (other !== undefined) account.parameterStore.remember('staging', verdict('a', 'verified', 1), other);
    };
    await releases().record(verdict('d', 'verified', 4));
    expect(letters(account.parameterStore.releases('staging'))).toEqual([
      'd verified',
      'c rejected',
      'b verified',
      'a verified',
    ]);
  });

  it('keeps an image rejected that a writer of an older list records as verified, after many more rejections', async () => {
    const stale = verdict('a', 'verified', 1);
    const rejections = [...'abcdef'].map((letter, index) => verdict(letter, 'rejected', index + 2));
    account.parameterStore.remember('staging', ...rejections);
    // Twice: what the first repair writes is not what the second one merges.
    let others = 2;
    account.parameterStore.beforeWrite = () => {
      others -= 1;
      if (others >= 0) account.parameterStore.remember('staging', stale);
    };
    await releases().record(verdict('0', 'rejected', 10));
    expect(letters(account.parameterStore.releases('staging'))).toEqual(
      [...'0fedcb'].map((letter) => `${letter} rejected`),
    );
  });

  it('fails after several concurrent writes', async () => {
    account.parameterStore.beforeWrite = () =>
      account.parameterStore.remember('staging', verdict('b', 'verified', 2));
    await expect(releases().record(verdict('a', 'verified', 1))).rejects.toThrow(
      'overwritten concurrently 5 times',
    );
  });

  it.each([
    ['no JSON', '{"releases": ['],
    ['JSON of something else', '"verified"'],
    ['a verdict that nobody gives', '{"releases":[{"digest":"latest","verdict":"good","at":"today"}]}'],
  ])('counts as empty when it is %s, and is replaced by the next verdict', async (_, value) => {
    account.parameterStore.write(NAME, value);
    expect(await releases().read()).toEqual({
      releases: [],
      version: 1,
      problem: expect.stringMatching(
        /is not a list of releases.*aws ssm get-parameter-history --name \/ansari/,
      ),
    });
    await releases().record(verdict('a', 'verified', 1));
    expect(letters(account.parameterStore.releases('staging'))).toEqual(['a verified']);
  });

  it('is not written when it may not be read, since its content would be lost', async () => {
    account.parameterStore.remember('staging', verdict('a', 'verified', 1));
    account.refused.add('GetParameter');
    expect((await releases().read()).problem).toBe(`${NAME} cannot be read: ssm:GetParameter is not allowed`);
    await expect(releases().record(verdict('b', 'verified', 2))).rejects.toThrow('ssm:GetParameter');
    expect(letters(account.parameterStore.releases('staging'))).toEqual(['a verified']);
  });
});

describe('verdicts', () => {
  const release = fc.record({
    digest: fc.constantFrom(...'0123456789abcdef').map(digest),
    verdict: fc.constantFrom('verified' as const, 'rejected' as const),
    at: fc.integer({ min: 1, max: 20 }).map(day),
    commit: fc.constant('c'.repeat(40)),
  });

  it('are merged to the newest one for each image, in any order of the lists', () => {
    fc.assert(
      fc.property(fc.array(release, { maxLength: 8 }), fc.array(release, { maxLength: 8 }), (a, b) => {
        const merged = mergeReleases(a, b);
        expect(mergeReleases(b, a)).toEqual(merged);
        expect(mergeReleases(merged, a)).toEqual(merged);
        for (const { digest, at } of merged) {
          const all = [...a, ...b].filter((one) => one.digest === digest).map((one) => one.at);
          expect(at).toBe(all.sort().at(-1));
        }
      }),
    );
  });

  it('fit into a parameter, and rejections do not displace verified images', () => {
    const hex = (number: number) => `sha256:${number.toString(16).padStart(64, '0')}`;
    const many = (verdict: ReleaseRecord['verdict'], from: number, time: number): ReleaseRecord[] =>
      Array.from({ length: 50 }, (_, index) => ({
        digest: hex(from + index),
        verdict,
        at: new Date(Date.UTC(2026, 10, 1) + (time + index) * 1000).toISOString(),
        commit: 'c'.repeat(40),
      }));
    const text = serializeReleases(mergeReleases(many('verified', 0, 0), many('rejected', 1000, 100)));
    expect(verifiedExcept(parseReleases(text) ?? [], undefined).map(({ digest }) => digest)).toEqual(
      Array.from({ length: 10 }, (_, index) => hex(49 - index)),
    );
    expect(Buffer.byteLength(text)).toBeLessThan(4096);
  });

  it('keep the commit of a deployment when a later verdict has none', () => {
    const first = { ...verdict('a', 'verified', 1), commit: 'c'.repeat(40) };
    expect(mergeReleases([first], [verdict('a', 'rejected', 2)])).toEqual([
      { ...verdict('a', 'rejected', 2), commit: first.commit },
    ]);
  });
});
