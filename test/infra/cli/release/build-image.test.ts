import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '#infra/cli/release/aws.ts';
import { imageOfCheckout } from '#infra/cli/release/build-image.ts';
import { sourceOfImage } from '#infra/cli/release/source.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

let account: FakeAccount;
let tools: FakeTools;
let checkout: string;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
  tools = new FakeTools();
  process.env.FAKE_ACCOUNT = account.url;
  checkout = temporaryFolder();
  mkdirSync(join(checkout, 'app'));
  writeFileSync(join(checkout, 'app/server.ts'), 'one');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: checkout });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

const image = (isOurs = true) =>
  imageOfCheckout({
    aws: openAws(account.access),
    isTrusted: async () => isOurs,
    print: () => undefined,
    now: () => new Date('2026-11-21T04:31:00.500Z'),
    root: checkout,
  });
const OWN = '20261121043100500';

/** A builder that pushes to the account's registry and stores its standard input in a file. */
function builder(name: string): void {
  const push = `"${process.execPath}" -e 'fetch(process.argv[1])' "$FAKE_ACCOUNT/fake/push?name=$2"`;
  tools.use(name, '1.0.0', 0, `[ "$1" = login ] && cat > "$FAKE_TOOLS/password"\n[ "$1" = push ] && ${push}`);
}

const calls = () => tools.calls().filter(([name]) => name === 'docker' || name === 'buildah');

describe('the image of a checkout', () => {
  it('is built for the platform of App Runner, and pushed with the tags of its sources and its commit', async () => {
    builder('docker');
    const { commit, tag } = await sourceOfImage(checkout);
    expect(await image()).toBe(`${REPOSITORY}@${DIGEST}`);
    expect(account.ecr.tags(DIGEST)).toEqual([`commit-${commit}-${OWN}`, tag]);
    const host = REPOSITORY.replace(/\/.*/, '');
    expect(calls().map((call) => call.slice(1))).toEqual([
      ['version'],
      [
        'build',
        '--platform=linux/amd64',
        `--build-arg=REVISION=${commit}`,
        `--tag=${REPOSITORY}:commit-${commit}-${OWN}`,
        `--tag=${REPOSITORY}:${tag}`,
        '.',
      ],
      ['login', '--username=AWS', '--password-stdin', host],
      ['push', `${REPOSITORY}:commit-${commit}-${OWN}`],
      ['push', `${REPOSITORY}:${tag}`],
    ]);
  });

  it('is found when the same sources were built before, without a builder', async () => {
    account.ecr.push(DIGEST, (await sourceOfImage(checkout)).tag);
    expect(await image()).toBe(`${REPOSITORY}@${DIGEST}`);
    expect(calls()).toEqual([]);
  });

  it('is built again when the image with the tag of its sources has no attestation', async () => {
    builder('docker');
    const { commit, tag } = await sourceOfImage(checkout);
    account.ecr.push(`sha256:${'e'.repeat(64)}`, tag);
    expect(await image(false)).toBe(`${REPOSITORY}@${DIGEST}`);
    expect(account.ecr.tags(DIGEST)).toEqual([`commit-${commit}-${OWN}`]);
  });

  it('is built by the next builder when the first one cannot', async () => {
    tools.use('docker', 'no daemon', 1);
    builder('buildah');
    expect(await image()).toBe(`${REPOSITORY}@${DIGEST}`);
    expect(calls().map(([name, action]) => `${name} ${action}`)).toEqual([
      'docker version',
      'buildah --version',
      'buildah build',
      'buildah login',
      'buildah push',
      'buildah push',
    ]);
  });

  it('is not built from sources that are not committed', async () => {
    writeFileSync(join(checkout, 'app/server.ts'), 'two');
    await expect(image()).rejects.toThrow(
      'Commit first, or name an image with --image: app/server.ts changed',
    );
    expect(account.actions).toEqual([]);
  });

  it('fails when the registry does not have the pushed image', async () => {
    tools.use('docker', '1.0.0');
    await expect(image()).rejects.toThrow('was pushed, but the registry does not have it');
  });

  it('fails with the output of the builder', async () => {
    tools.use('docker', 'no space left', 0, '[ "$1" = build ] && exit 3');
    await expect(image()).rejects.toThrow('docker build --platform=linux/amd64 ended with 3');
  });
});
