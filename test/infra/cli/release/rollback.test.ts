import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '#infra/cli/release/aws.ts';
import { Registry } from '#infra/cli/release/registry.ts';
import { findRollback, rollBack } from '#infra/cli/release/rollback.ts';
import type { ReleaseRecord } from '#infra/cli/release/verdicts.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';
import { runProgram } from '../../../fakes/program.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `${REPOSITORY}@${digest(letter)}`;
const stack = 'staging';
const NAME = '/ansari-whatsapp/staging/releases';
const compute = 'apprunner';

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
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

const release = (verify: (image: string) => Promise<boolean>) => ({
  aws: openAws(account.access),
  stack: 'staging' as const,
  compute: 'apprunner' as const,
  worker: 'lambda' as const,
  verify,
  attest: async () => ({ attested: true, message: 'The workflow attests it.' }),
  waitMs: 0,
  pause: async () => undefined,
  print: (line: string) => lines.push(line),
  now: () => new Date('2026-11-21T04:31:00.500Z'),
});
const way = (digest?: string) => findRollback({ aws: openAws(account.access), stack, compute }, digest);

const recorded = (
  letter: string,
  verdict: ReleaseRecord['verdict'],
  day: number,
  commit?: string,
): ReleaseRecord => ({
  digest: digest(letter),
  verdict,
  at: new Date(Date.UTC(2026, 10, day)).toISOString(),
  ...(commit === undefined ? {} : { commit }),
});
const remember = (...releases: ReleaseRecord[]) => account.parameterStore.remember(stack, ...releases);
const remembered = () =>
  account.parameterStore.releases(stack).map(({ digest, verdict }) => `${digest[7]} ${verdict}`);

describe('the image to roll back to', () => {
  beforeEach(() => {
    for (const letter of ['a', 'b', 'c', 'e', '0']) account.ecr.push(digest(letter));
    account.deploy(image('0'));
  });
  const chosen = async () => (await way()).reference;

  it('is the one verified last that does not run', async () => {
    remember(recorded('a', 'verified', 1), recorded('b', 'verified', 3), recorded('c', 'verified', 2));
    expect(await chosen()).toBe(image('b'));
    remember(recorded('0', 'verified', 9), recorded('a', 'verified', 1));
    expect(await chosen()).toBe(image('a'));
  });

  it('is not one that was rejected since', async () => {
    remember(recorded('a', 'rejected', 6), recorded('b', 'verified', 1));
    expect(await chosen()).toBe(image('b'));
  });

  it('is not one that is verified by a tag only', async () => {
    const image = account.ecr.images.get(digest('e'));
    for (const tag of ['verified-staging-20261126T000000Z', 'staging', 'production']) image?.tags.add(tag);
    account.ecr.images.get(digest('a'))?.tags.add('rejected-staging-20261126T000000Z');
    await expect(chosen()).rejects.toThrow('No other image was verified in staging.');
    remember(recorded('a', 'verified', 1));
    expect(await chosen()).toBe(`${REPOSITORY}@${digest('a')}`);
  });

  it('is the next one that the registry still has, and none when it has no other', async () => {
    remember(recorded('d', 'verified', 3), recorded('a', 'verified', 1));
    expect(await chosen()).toBe(image('a'));
    account.ecr.images.delete(digest('a'));
    await expect(chosen()).rejects.toThrow(
      'Of the 2 images that were verified in staging, the registry has none',
    );
  });

  it.each([
    ['absent', () => undefined, /^No other image was verified in staging\.\nName one: npm run rollback/],
    ['of another shape', () => account.parameterStore.write(NAME, '{}'), /is not a list of releases/],
    [
      'not to be read',
      () => account.refused.add('GetParameter'),
      /ssm:GetParameter is not allowed\nNo other/,
    ],
  ])("is nobody's choice when the parameter is %s, but can be named", async (_, spoil, message) => {
    spoil();
    await expect(chosen()).rejects.toThrow(message);
    expect(await way(digest('b'))).toMatchObject({ reference: image('b') });
  });
});

describe('rolling back', () => {
  beforeEach(() => {
    for (const letter of ['a', 'b', 'c', 'd']) account.ecr.push(digest(letter));
    account.ecr.images.get(digest('c'))?.tags.add('staging');
    remember(recorded('c', 'verified', 3), recorded('b', 'verified', 2), recorded('a', 'verified', 1));
    account.deploy(image('c'));
  });

  it("deploys the digest verified before, moves the environment's tag and rejects what ran", async () => {
    const back = await way();
    expect(back).toMatchObject({ from: image('c'), reference: image('b') });
    expect(
      await rollBack(
        release(async () => account.appRunner.image === image('b')),
        back,
      ),
    ).toBe(true);
    expect(remembered()).toEqual(['c rejected', 'b verified', 'a verified']);
    expect(account.ecr.tags(digest('b'))).toEqual(['verified-staging-20261121T043100Z', 'staging']);
    expect(account.ecr.tags(digest('c'))).toEqual([]);
    expect(tools.calls()).toEqual([
      ['npm', 'run', '--silent', 'build'],
      expect.arrayContaining([
        'pulumi',
        'up',
        '--yes',
        '--stack',
        'staging',
        `ansari-whatsapp:image=${image('b')}`,
      ]),
    ]);
  });

  it('builds no worker when the worker runs the image itself', async () => {
    const args = { ...release(async () => true), worker: 'fargate' as const };
    expect(await rollBack(args, await way())).toBe(true);
    expect(tools.calls().map(([name]) => name)).toEqual(['pulumi']);
    expect(tools.calls().flat().join(' ')).not.toContain('workerBundle');
  });

  it('does not return to a rejected image the second time', async () => {
    await rollBack(
      release(async () => true),
      await way(),
    );
    expect(await way()).toMatchObject({ from: image('b'), reference: image('a') });
  });

  it('changes no verdict when the verification of the old image fails too', async () => {
    expect(
      await rollBack(
        release(async () => false),
        await way(),
      ),
    ).toBe(false);
    expect(remembered()).toEqual(['c verified', 'b verified', 'a verified']);
    expect(account.ecr.tags(digest('c'))).toContain('staging');
  });

  it('does not verify after a failed update', async () => {
    tools.exits(1);
    const back = await way();
    expect(
      await rollBack(
        release(() => Promise.reject(new Error('verified'))),
        back,
      ),
    ).toBe(false);
  });

  it('prints that the worker stays when the commit of the image is unknown', async () => {
    await rollBack(
      release(async () => true),
      await way(),
    );
    expect(lines.join('\n')).toContain('the worker stays at this checkout');
  });

  it('rolls the web service back when the worker of that commit cannot be built', async () => {
    tools.use('npm', 'no network', 0, '[ "$1" = ci ] && exit 1');
    tools.use('git', '', 0, 'case "$1 $2" in "worktree add") mkdir "$4";; esac');
    account.ecr.images.get(digest('b'))?.tags.add(`commit-${'c'.repeat(40)}`);
    expect(
      await rollBack(
        release(async () => true),
        await way(),
      ),
    ).toBe(true);
    expect(account.appRunner.image).toBe(image('b'));
    expect(lines.join('\n')).toContain(
      'the worker stays at this checkout: npm ci --ignore-scripts ended with 1',
    );
    const calls = tools.calls().map((call) => call.slice(0, 4).join(' '));
    // What lies in dist/ may be of any day.
    expect(calls).toContain('npm run --silent build');
    expect(calls.at(-1)).toBe('git worktree remove --force');
  });

  const builds = async () => {
    tools.use('git', '', 0, 'case "$1 $2" in "worktree add") mkdir "$4";; esac');
    await rollBack(
      release(async () => true),
      await way(),
    );
    return tools.calls().map((call) => call.slice(0, 3).join(' '));
  };
  const BUILT = ['git cat-file -e', 'git worktree add', 'npm ci --ignore-scripts', 'npm run --silent'];
  const COMMIT = 'c'.repeat(40);

  it('builds the worker of the commit that the image was deployed from, and keeps the commit in the record', async () => {
    remember(recorded('b', 'verified', 2, COMMIT));
    const calls = await builds();
    expect(calls.slice(0, 4)).toEqual(BUILT);
    expect(tools.calls()[0]?.[3]).toBe(`${COMMIT}^{commit}`);
    expect(calls.at(-1)).toBe('git worktree remove');
    const up = tools.calls().find(([name]) => name === 'pulumi');
    expect(up).toContain(`ansari-whatsapp:image=${image('b')}`);
    expect(up?.some((word) => /^ansari-whatsapp:workerBundle=.*checkout\/dist\/worker$/.test(word))).toBe(
      true,
    );
    expect(account.parameterStore.releases(stack)).toContainEqual(
      expect.objectContaining({ digest: digest('b'), commit: COMMIT }),
    );
  });

  it.each(['', '-123456-2'])(
    'else builds the worker of the tag commit-…%s, when this checkout contains that commit',
    async (run) => {
      account.ecr.images.get(digest('b'))?.tags.add(`commit-${COMMIT}${run}`);
      expect((await builds()).slice(0, 5)).toEqual(['git merge-base --is-ancestor', ...BUILT]);
    },
  );

  it('builds no worker of a tagged commit that this checkout does not contain', async () => {
    account.ecr.images.get(digest('b'))?.tags.add(`commit-${COMMIT}`);
    tools.use('git', '', 1);
    await rollBack(
      release(async () => true),
      await way(),
    );
    expect(lines.join('\n')).toContain('it is not known from which commit the image was deployed');
    expect(tools.calls().map((call) => call.slice(0, 3).join(' '))).not.toContain('git worktree add');
  });

  it('accepts a requested digest, verified or not, when the registry has it', async () => {
    expect(await way(digest('d'))).toMatchObject({ reference: image('d') });
    expect(await way(image('d'))).toMatchObject({ reference: image('d') });
    await expect(way(digest('e'))).rejects.toThrow(`no image ${digest('e')}`);
    await expect(way('latest')).rejects.toThrow('latest is not a digest');
  });

  it('lists the images when none was verified', async () => {
    remember();
    account.ecr.images.clear();
    account.ecr.push(digest('d'), 'tree-1');
    await expect(way()).rejects.toThrow(`rollback -- staging <digest>\n  ${digest('d')}`);
  });

  it('fails without a service', async () => {
    account.appRunner.image = undefined;
    await expect(way()).rejects.toThrow('nothing to roll back');
  });
});

describe('the registry', () => {
  it('writes the same tag twice without an error', async () => {
    account.ecr.push(digest('a'));
    const registry = new Registry(openAws(account.access));
    const now = new Date(0);
    await registry.retain('staging', digest('a'), now);
    await registry.retain('staging', digest('a'), now);
    expect(account.ecr.tags(digest('a'))).toEqual(['verified-staging-19700101T000000Z', 'staging']);
  });
});

describe('the command', () => {
  beforeEach(() => {
    for (const letter of ['a', 'c']) account.ecr.push(digest(letter));
    remember(recorded('c', 'verified', 3), recorded('a', 'verified', 1));
    account.deploy(image('c'));
  });
  const command = (...args: string[]) => {
    tools.usePulumi(account.url, { version: 'v3.245.0' });
    return runProgram('infra/cli/rollback.ts', tools.environment(account.url), [stack, ...args]).ended;
  };

  it('does not use an image without attestation, and prints the command to use it anyway', async () => {
    tools.use('gh', 'Error: no attestations found', 1);
    const { code, output } = await command();
    expect(output).toContain('does not attest it (Error: no attestations found).\nNothing was changed.');
    expect(output).toContain(`npm run rollback -- staging ${digest('a')} --unattested`);
    expect(code).toBe(1);
    expect(account.appRunner.image).toBe(image('c'));
  });

  it('does not call gh with --unattested', async () => {
    tools.use('gh', '', 1);
    const { code, output } = await command('--dry-run', '--unattested');
    expect(output).toContain(`to ${image('a')}`);
    expect(output).toContain('Its attestation is not checked.');
    expect(code).toBe(0);
    expect(tools.calls()).toEqual([]);
  });
});
