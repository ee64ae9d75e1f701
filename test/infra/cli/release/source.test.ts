import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGE_INPUTS, sourceOfImage } from '#infra/cli/release/source.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';

const ROOT = join(import.meta.dirname, '../../../..');

function repository() {
  const folder = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  git('init', '--quiet');
  mkdirSync(join(folder, 'app'));
  write('app/server.ts', 'one');
  cpSync(join(ROOT, 'Dockerfile'), join(folder, 'Dockerfile'));
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'x');
  };
  commit();
  return { folder, write, commit };
}

describe('the sources of an image', () => {
  it('have a tag that changes only with them', async () => {
    const { folder, write, commit } = repository();
    const first = await sourceOfImage(folder);
    expect(first.tag).toMatch(/^tree-[0-9a-f]{40}$/);
    write('README.md', 'words');
    commit();
    const second = await sourceOfImage(folder);
    expect(second.commit).not.toBe(first.commit);
    expect(second.tag).toBe(first.tag);
    write('app/server.ts', 'two');
    commit();
    expect((await sourceOfImage(folder)).tag).not.toBe(first.tag);
  });

  it('are compared with the commit', async () => {
    const { folder, write } = repository();
    write('README.md', 'words');
    expect((await sourceOfImage(folder)).changed).toEqual([]);
    write('app/server.ts', 'two');
    write('.npmrc', 'new');
    expect([...(await sourceOfImage(folder)).changed].sort()).toEqual(['.npmrc', 'app/server.ts']);
  });

  it('are everything that the Dockerfile copies', () => {
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, args = '']) =>
      args.split(' ').slice(0, -1),
    );
    expect([...copied, 'Dockerfile', '.dockerignore'].sort()).toEqual([...IMAGE_INPUTS].sort());
  });

  it('are everything that the program which bundles the image imports', () => {
    const missing = new Set<string>();
    const seen = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      if (!IMAGE_INPUTS.includes(file)) missing.add(file);
      const source = readFileSync(join(ROOT, file), 'utf8');
      for (const [, target = ''] of source.matchAll(/from '(\.[^']+)'/g)) follow(join(dirname(file), target));
    };
    follow('scripts/build.ts');
    expect(seen.size).toBeGreaterThan(2);
    expect([...missing]).toEqual([]);
  });
});
