import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, Interrupted } from '../../../scripts/command.ts';
import { MIN_PULUMI_VERSION, PROJECT } from '../../names.ts';
import { ROOT } from '../plan/root.ts';
import { INSTALL, pulumiErrorIn } from './pulumi-errors.ts';
import { runTool, type ToolResult } from './tools.ts';

const QUIET = { PULUMI_SKIP_UPDATE_CHECK: 'true' };

/** Runs Pulumi's command line in this project. */
export function pulumi(args: readonly string[], show = false): Promise<ToolResult> {
  return runTool('pulumi', [...args, '--non-interactive', '--color', 'never'], {
    cwd: ROOT,
    env: QUIET,
    show,
  });
}

/** The same for a command that has to succeed. Resolves to its standard output. Throws `CommandError`. */
export async function mustPulumi(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await pulumi(args);
  if (code === 0) return stdout.trim();
  const flag = args.indexOf('--stack');
  const why = pulumiErrorIn(output, args[flag < 0 ? args.length : flag + 1] ?? '<stack>');
  throw new CommandError(why ?? `pulumi ${args.slice(0, 2).join(' ')} ended with ${code}\n${output.trim()}`);
}

/** Throws `CommandError` when Pulumi is not installed or too old, before anything is built. */
export async function ensurePulumi(): Promise<void> {
  const version = await pulumiVersion();
  if (version === undefined) throw new CommandError(`pulumi is not on PATH: ${INSTALL}`);
  if (isOlder(version)) {
    throw new CommandError(
      `This is Pulumi ${version}, and the program needs ${MIN_PULUMI_VERSION} or newer: ${INSTALL}`,
    );
  }
}

/** `3.217.0`; undefined when there is no Pulumi on PATH. */
export async function pulumiVersion(): Promise<string | undefined> {
  try {
    const { code, output } = await runTool('pulumi', ['version'], { env: QUIET });
    return code === 0 ? /\d+\.\d+(\.\d+)?/.exec(output)?.[0] : undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Returns true when this version is older than `MIN_PULUMI_VERSION`. */
export function isOlder(version: string): boolean {
  return version.localeCompare(MIN_PULUMI_VERSION, 'en', { numeric: true }) < 0;
}

/** Keys of the project, without its namespace, to values. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Runs `pulumi up` or `preview` with these settings in addition to the stack's file. Pulumi writes settings of its command
 * line into that file, so it gets a copy: the running image is not part of the sources. A known error before the update is
 * printed in one sentence at the end of the output, as the program's own errors are.
 */
export async function runUpdate(
  action: 'up' | 'preview',
  stack: string,
  settings: Settings,
): Promise<ToolResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  try {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    copyFileSync(join(ROOT, `Pulumi.${stack}.yaml`), file);
    const set = Object.entries(settings).flatMap(([key, value]) => [
      '--config',
      `${PROJECT}:${key}=${value}`,
    ]);
    const yes = action === 'up' ? ['--yes'] : [];
    const args = [action, ...yes, '--stack', stack, '--config-file', file, ...set];
    const ran = await pulumi(args, true).catch((error: unknown) => {
      throw error instanceof Interrupted ? interruptedUpdate(stack, error) : error;
    });
    const why = ran.code === 0 ? undefined : pulumiErrorIn(ran.output, stack);
    if (why === undefined) return ran;
    const summary = `Stack ${stack}: nothing was created. ${why}\n`;
    process.stderr.write(summary);
    return { ...ran, output: ran.output + summary };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function interruptedUpdate(stack: string, cause: Interrupted): Interrupted {
  const ways = `npm run deploy -- ${stack} continues from there, npm run rollback -- ${stack} rolls back`;
  return new Interrupted(`${stack} may be changed in part: ${ways} (docs/runbook.md, "Pulumi was killed").`, {
    cause,
  });
}
