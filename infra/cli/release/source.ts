import { createHash } from 'node:crypto';
import { CommandError } from '../../../scripts/command.ts';
import { ROOT } from '../plan/root.ts';
import { mustRun, runTool } from './tools.ts';

/** The Dockerfile and everything that it copies. The workflows have the same list. */
export const IMAGE_INPUTS = [
  '.dockerignore',
  '.npmrc',
  'Dockerfile',
  'app',
  'certificates',
  'package-lock.json',
  'package.json',
  'scripts/build.ts',
  'scripts/command.ts',
  'scripts/errors.ts',
  'scripts/progress.ts',
];

export interface Source {
  readonly commit: string;
  /** `tree-…`: the same whenever the inputs of the image are. */
  readonly tag: string;
  /** Inputs that differ from the commit. */
  readonly changed: readonly string[];
}

/** Resolves to the sources that an image of this checkout would be built from. */
export async function sourceOfImage(root: string = ROOT): Promise<Source> {
  const listed = await runTool('git', ['ls-tree', 'HEAD', '--', ...IMAGE_INPUTS], { cwd: root });
  const status = await mustRun('git', ['status', '--porcelain', '--', ...IMAGE_INPUTS], { cwd: root });
  return {
    commit: await mustRun('git', ['rev-parse', 'HEAD'], { cwd: root }),
    tag: `tree-${createHash('sha256').update(listed.stdout).digest('hex').slice(0, 40)}`,
    changed: status === '' ? [] : status.split('\n').map((line) => line.trim().replace(/^\S+ +/, '')),
  };
}

/** Resolves to the commit of this checkout, undefined outside of a git checkout. */
export async function commitOfCheckout(root: string = ROOT): Promise<string | undefined> {
  try {
    const { code, stdout } = await runTool('git', ['rev-parse', 'HEAD'], { cwd: root });
    return code === 0 ? /^[0-9a-f]{40}$/m.exec(stdout.trim())?.[0] : undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
