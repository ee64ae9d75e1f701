import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, type Print } from '../../../scripts/command.ts';
import { ROOT } from '../plan/root.ts';
import type { Image } from './registry.ts';
import { mustRun, runTool } from './tools.ts';

/** An image of the registry, with what is recorded of its deployment. */
export interface Target extends Image {
  readonly commit?: string | undefined;
}

/** The tag with the commit that an image was built from; a workflow appends the number of its run. */
const COMMIT_TAG = /^commit-([0-9a-f]{40})(?:-[\d-]+)?$/;

/**
 * Calls `use` with the worker's bundle of the commit that an image was deployed from: web service and worker are released
 * together, but only the web service is in the image. When that bundle cannot be built, prints why and calls `use` with
 * undefined: the worker of this checkout is deployed. A failed web service is worse than a worker that is too new.
 */
export async function withPreviousWorker<T>(
  image: Target,
  print: Print,
  use: (bundle: string | undefined) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  const checkout = join(folder, 'checkout');
  try {
    const bundle = await build(image, checkout, print).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      print(`the worker stays at this checkout: ${error.message}`);
      return undefined;
    });
    if (bundle === undefined) await mustRun('npm', ['run', '--silent', 'build'], { cwd: ROOT });
    return await use(bundle);
  } finally {
    if (existsSync(checkout))
      await runTool('git', ['worktree', 'remove', '--force', checkout], { cwd: ROOT });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(image: Target, checkout: string, print: Print): Promise<string> {
  const commit = image.commit ?? (await taggedCommit(image));
  if (commit === undefined)
    throw new CommandError('it is not known from which commit the image was deployed');
  if (!(await isHere(commit)))
    throw new CommandError(`the commit of the image is not known here (git fetch origin ${commit})`);
  print(`building the worker of ${commit.slice(0, 12)}`);
  await mustRun('git', ['worktree', 'add', '--detach', checkout, commit], { cwd: ROOT });
  await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit'], { cwd: checkout });
  await mustRun('npm', ['run', '--silent', 'build'], { cwd: checkout });
  return join(checkout, 'dist/worker');
}

/**
 * Resolves to the commit in a tag of the image, for an image without a record. Every role that pushes images can write such
 * a tag, and the bundle runs with the permissions of the stack: only ancestors of this checkout's commit are accepted.
 */
async function taggedCommit({ tags }: Target): Promise<string | undefined> {
  for (const tag of tags) {
    const commit = COMMIT_TAG.exec(tag)?.[1];
    if (commit === undefined) continue;
    const within = ['merge-base', '--is-ancestor', commit, 'HEAD'];
    if ((await runTool('git', within, { cwd: ROOT })).code === 0) return commit;
  }
  return undefined;
}

async function isHere(commit: string): Promise<boolean> {
  return (await runTool('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT })).code === 0;
}
