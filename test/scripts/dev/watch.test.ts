import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { watchFiles } from '#scripts/dev/watch.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

let root: string;
let reports: (readonly string[])[];
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(join(root, 'app', 'language'), { recursive: true });
  write('app/language/en.ts');
  write('app/server.ts');
  write('.env');
});

function write(path: string): void {
  writeFileSync(join(root, path), `${Math.random()}`);
}

/** As editors do that never leave half a file. */
function replace(path: string): void {
  write('new');
  renameSync(join(root, 'new'), join(root, path));
}

function watch(folder: string, isRelevant: (path: string) => boolean = () => true): void {
  reports = [];
  const watched = watchFiles({ root, folder, isRelevant, onChange: (paths) => reports.push(paths) });
  onTestFinished(() => watched.close());
}

/** Resolves when nothing more is reported. */
async function reported(): Promise<readonly (readonly string[])[]> {
  await expect.poll(() => reports.length).toBeGreaterThan(0);
  await sleep(250);
  return reports.splice(0);
}

it('reports several changes at once', async () => {
  watch('app');
  write('app/language/en.ts');
  write('app/server.ts');
  write('app/server.ts');
  expect(await reported()).toEqual([['app/language/en.ts', 'app/server.ts']]);
});

it('goes on watching a file that is replaced by renaming', async () => {
  watch('app');
  for (const change of [replace, write, replace, replace, write]) {
    change('app/language/en.ts');
    expect(await reported()).toEqual([['app/language/en.ts']]);
  }
});

it('watches new folders, also in the place of former ones', async () => {
  watch('app');
  for (let times = 0; times < 2; times += 1) {
    mkdirSync(join(root, 'app', 'new', 'deep'), { recursive: true });
    write('app/new/deep/a.ts');
    expect((await reported()).flat()).toContain('app/new/deep/a.ts');
    write('app/new/deep/a.ts');
    expect(await reported()).toEqual([['app/new/deep/a.ts']]);
    rmSync(join(root, 'app', 'new'), { recursive: true });
    expect((await reported()).flat()).toContain('app/new/deep/a.ts');
  }
});

it.each([false, true])(
  'does not go on watching a folder that was moved away; replaced: %s',
  async (isReplaced) => {
    watch('app');
    renameSync(join(root, 'app', 'language'), join(root, 'language'));
    if (isReplaced) {
      mkdirSync(join(root, 'app', 'language'));
      write('app/language/fr.ts');
    }
    await reported();
    write('language/en.ts');
    await sleep(250);
    expect(reports).toEqual([]);
  },
);

it('watches one folder alone, and what matters in it', async () => {
  watch('.', (path) => path === '.env');
  write('app/server.ts');
  write('other');
  await sleep(250);
  expect(reports).toEqual([]);
  replace('.env');
  expect(await reported()).toEqual([['.env']]);
});

it('throws when the folder does not exist', () => {
  expect(() => watch('nowhere')).toThrow('ENOENT');
});
