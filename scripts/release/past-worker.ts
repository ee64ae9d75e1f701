import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Say } from '../command.ts';
import { ROOT } from '../plan/record.ts';
import type { Image } from './registry.ts';
import { mustRun, runTool } from './tools.ts';

/** The tag under which an image keeps the commit it was built from. */
const COMMIT_TAG = /^commit-([0-9a-f]{40})$/;

/**
 * Does something with the worker's bundle of the commit that an image was built from, since door and worker are
 * released together but only the door is in the image. `undefined` when the commit is not known here: then the worker
 * of this checkout stays, and that is said.
 */
export async function withWorkerOf<T>(
  image: Image,
  say: Say,
  use: (bundle: string | undefined) => Promise<T>,
): Promise<T> {
  const commit = image.tags.map((tag) => COMMIT_TAG.exec(tag)?.[1]).find((found) => found !== undefined);
  if (commit === undefined || !(await isHere(commit))) {
    const why = commit === undefined ? 'its image has no commit-… tag' : `git fetch origin ${commit}`;
    say(`the worker stays that of this checkout: the commit of the image is not known here (${why})`);
    return use(undefined);
  }
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  const checkout = join(folder, 'checkout');
  try {
    say(`building the worker of ${commit.slice(0, 12)}`);
    await mustRun('git', ['worktree', 'add', '--detach', checkout, commit], { cwd: ROOT });
    await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit'], { cwd: checkout });
    await mustRun('npm', ['run', '--silent', 'build'], { cwd: checkout });
    return await use(join(checkout, 'dist/worker'));
  } finally {
    await runTool('git', ['worktree', 'remove', '--force', checkout], { cwd: ROOT });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isHere(commit: string): Promise<boolean> {
  return (await runTool('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT })).code === 0;
}
