import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '../../../scripts/release/aws.ts';
import { type Image, previousGood, Registry } from '../../../scripts/release/registry.ts';
import { goBack, wayBack } from '../../../scripts/release/rollback.ts';
import { FakeAccount, REPOSITORY } from '../../fakes/aws/account.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `${REPOSITORY}@${digest(letter)}`;
const stack = 'staging';
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

const given = (verify: (image: string) => Promise<boolean>) => ({
  aws: openAws(account.access),
  stack: 'staging' as const,
  worker: 'lambda' as const,
  verify,
  say: (line: string) => lines.push(line),
  now: () => new Date('2026-11-21T04:31:00.500Z'),
});
const way = (digest?: string) => wayBack({ aws: openAws(account.access), stack, compute }, digest);

describe('the image to go back to', () => {
  const one = (name: string, ...tags: string[]): Image => ({
    digest: digest(name),
    tags,
    pushedAt: new Date(0),
  });
  const verified = (day: string) => `verified-staging-202611${day}T000000Z`;
  const rejected = (day: string) => `rejected-staging-202611${day}T000000Z`;
  const chosen = (...images: Image[]) => previousGood(images, 'staging', digest('0'))?.digest;

  it('is the one that was verified last', () => {
    expect(chosen(one('a', verified('01')), one('b', verified('03')), one('c', verified('02')))).toBe(
      digest('b'),
    );
  });

  it('is not the one that runs', () => {
    expect(chosen(one('0', verified('09')), one('a', verified('01')))).toBe(digest('a'));
  });

  it('is none that was never verified there, or only in another stack', () => {
    expect(
      chosen(one('a', 'commit-1', 'staging'), one('b', 'verified-production-20261109T000000Z')),
    ).toBeUndefined();
  });

  it('is none whose newest verdict is a rejection', () => {
    expect(chosen(one('a', verified('05'), rejected('06')), one('b', verified('01')))).toBe(digest('b'));
    expect(chosen(one('a', rejected('05'), verified('06')), one('b', verified('01')))).toBe(digest('a'));
  });
});

describe('going back', () => {
  beforeEach(() => {
    account.ecr.push(digest('a'), 'verified-staging-20261101T000000Z');
    account.ecr.push(digest('b'), 'verified-staging-20261102T000000Z');
    account.ecr.push(digest('c'), 'verified-staging-20261103T000000Z', 'staging');
    account.ecr.push(digest('d'));
    account.deploy(image('c'));
  });

  it('deploys the previous good digest, moves the pointer and rejects what ran', async () => {
    const back = await way();
    expect(back).toMatchObject({ from: image('c'), reference: image('b') });
    expect(
      await goBack(
        given(async () => account.appRunner.image === image('b')),
        back,
      ),
    ).toBe(true);
    expect(account.ecr.tags(digest('b'))).toEqual([
      'verified-staging-20261102T000000Z',
      'verified-staging-20261121T043100Z',
      'staging',
    ]);
    expect(account.ecr.tags(digest('c'))).toContain('rejected-staging-20261121T043100Z');
    expect(account.ecr.tags(digest('c'))).not.toContain('staging');
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

  it('builds no worker where it runs the image itself', async () => {
    const args = { ...given(async () => true), worker: 'fargate' as const };
    expect(await goBack(args, await way())).toBe(true);
    expect(tools.calls().map(([name]) => name)).toEqual(['pulumi']);
    expect(tools.calls().flat().join(' ')).not.toContain('workerBundle');
  });

  it('does not come back to a rejected image the second time', async () => {
    await goBack(
      given(async () => true),
      await way(),
    );
    expect(await way()).toMatchObject({ from: image('b'), reference: image('a') });
  });

  it('changes no verdict when the old image does not hold either', async () => {
    expect(
      await goBack(
        given(async () => false),
        await way(),
      ),
    ).toBe(false);
    expect(account.ecr.tags(digest('b'))).toEqual(['verified-staging-20261102T000000Z']);
    expect(account.ecr.tags(digest('c'))).toContain('staging');
  });

  it('does not verify what Pulumi could not bring up', async () => {
    tools.exits(1);
    const back = await way();
    expect(
      await goBack(
        given(() => Promise.reject(new Error('verified'))),
        back,
      ),
    ).toBe(false);
  });

  it('says that the worker stays when the commit of the image is not known', async () => {
    await goBack(
      given(async () => true),
      await way(),
    );
    expect(lines.join('\n')).toContain('the worker stays that of this checkout');
  });

  it('lets the door go back when the worker of that commit cannot be built', async () => {
    tools.use('npm', 'no network', 0, '[ "$1" = ci ] && exit 1');
    tools.use('git', '', 0, 'case "$1 $2" in "worktree add") mkdir "$4";; esac');
    account.ecr.images.get(digest('b'))?.tags.add(`commit-${'c'.repeat(40)}`);
    expect(
      await goBack(
        given(async () => true),
        await way(),
      ),
    ).toBe(true);
    expect(account.appRunner.image).toBe(image('b'));
    expect(lines.join('\n')).toContain(
      'the worker stays that of this checkout: npm ci --ignore-scripts ended with 1',
    );
    const calls = tools.calls().map((call) => call.slice(0, 4).join(' '));
    // What lies in dist/ may be of any day.
    expect(calls).toContain('npm run --silent build');
    expect(calls.at(-1)).toBe('git worktree remove --force');
  });

  it.each(['', '-123456-2'])(
    'builds the worker of the commit that the image was built from: commit-…%s',
    async (run) => {
      tools.use('git', '', 0, 'case "$1 $2" in "worktree add") mkdir "$4";; esac');
      const commit = 'c'.repeat(40);
      account.ecr.images.get(digest('b'))?.tags.add(`commit-${commit}${run}`);
      await goBack(
        given(async () => true),
        await way(),
      );
      const calls = tools.calls().map((call) => call.slice(0, 3).join(' '));
      expect(calls.slice(0, 4)).toEqual([
        'git cat-file -e',
        'git worktree add',
        'npm ci --ignore-scripts',
        'npm run --silent',
      ]);
      expect(calls.at(-1)).toBe('git worktree remove');
      const up = tools.calls().find(([name]) => name === 'pulumi');
      expect(up).toContain(`ansari-whatsapp:image=${image('b')}`);
      expect(up?.some((word) => /^ansari-whatsapp:workerBundle=.*checkout\/dist\/worker$/.test(word))).toBe(
        true,
      );
    },
  );

  it('takes a given digest, verified or not, as long as the registry has it', async () => {
    expect(await way(digest('d'))).toMatchObject({ reference: image('d') });
    expect(await way(image('d'))).toMatchObject({ reference: image('d') });
    await expect(way(digest('e'))).rejects.toThrow(`no image ${digest('e')}`);
    await expect(way('latest')).rejects.toThrow('latest is not a digest');
  });

  it('lists the images when none was verified', async () => {
    account.ecr.images.clear();
    account.ecr.push(digest('d'), 'tree-1');
    await expect(way()).rejects.toThrow(`rollback -- staging <digest>\n  ${digest('d')}`);
  });

  it('has nothing to do without a service', async () => {
    account.appRunner.image = undefined;
    await expect(way()).rejects.toThrow('nothing to roll back');
  });
});

describe('the registry', () => {
  it('writes the same verdict twice without an error', async () => {
    account.ecr.push(digest('a'));
    const registry = new Registry(openAws(account.access).ecr);
    const now = new Date(0);
    await registry.judge('staging', digest('a'), 'verified', now);
    await registry.judge('staging', digest('a'), 'verified', now);
    expect(account.ecr.tags(digest('a'))).toEqual(['verified-staging-19700101T000000Z', 'staging']);
  });
});
