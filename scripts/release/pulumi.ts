import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../infra/place.ts';
import { ROOT } from '../plan/record.ts';
import { mustRun, type Ran, runTool } from './tools.ts';

const QUIET = { PULUMI_SKIP_UPDATE_CHECK: 'true' };

/** Pulumi's command line on this project. */
export function pulumi(args: readonly string[], show = false): Promise<Ran> {
  return runTool('pulumi', [...args, '--non-interactive', '--color', 'never'], {
    cwd: ROOT,
    env: QUIET,
    show,
  });
}

/** The same for a command that has to end well. */
export function mustPulumi(...args: readonly string[]): Promise<string> {
  return mustRun('pulumi', [...args, '--non-interactive', '--color', 'never'], { cwd: ROOT, env: QUIET });
}

/** Keys of the project, without its namespace, to values. */
export type Settings = Readonly<Record<string, string>>;

/**
 * `pulumi up`, or `preview`, with these settings over the stack's file. Pulumi writes what is set on its command line
 * into the file, so it gets a copy: which image runs is no change of the sources.
 */
export async function bringUp(action: 'up' | 'preview', stack: string, settings: Settings): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  try {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    copyFileSync(join(ROOT, `Pulumi.${stack}.yaml`), file);
    const set = Object.entries(settings).flatMap(([key, value]) => [
      '--config',
      `${PROJECT}:${key}=${value}`,
    ]);
    const yes = action === 'up' ? ['--yes'] : [];
    return await pulumi([action, ...yes, '--stack', stack, '--config-file', file, ...set], true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
