import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CommandError } from '../../../scripts/command.ts';
import { PROJECT } from '../../names.ts';
import { ROOT } from '../plan/root.ts';
import { regionOf } from '../release/stack.ts';
import { runTool } from '../release/tools.ts';
import type { StoredState } from './state.ts';

const preview = z.object({
  steps: z.array(z.object({ op: z.string(), urn: z.string() })).default([]),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
});

/** The operations of a refresh on a resource without changes. */
const UNCHANGED = new Set(['same', 'refresh', 'read']);

/**
 * Refreshes a copy of a state, as a preview, in a temporary backend of its own. Resolves to one line for each resource that
 * differs; neither lines nor errors contain values, since others can read a workflow's log.
 * Throws `CommandError` when the comparison could not be made.
 */
export async function refreshCopy(stack: string, copy: StoredState): Promise<string[]> {
  if ((copy.deployment.resources ?? []).length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-drift-'));
  try {
    prepare(folder, stack, copy);
    const at = ['--stack', stack, '--non-interactive', '--color', 'never'];
    await run(folder, 'stack', 'init', ...at);
    await run(folder, 'stack', 'import', '--file', 'state.json', ...at);
    return differencesIn(await run(folder, 'refresh', '--preview-only', '--json', ...at));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(folder: string, stack: string, copy: StoredState): void {
  mkdirSync(join(folder, 'backend'));
  writeFileSync(join(folder, 'Pulumi.yaml'), `name: ${PROJECT}\nruntime: nodejs\n`);
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), `config:\n  aws:region: ${regionOf(stack)}\n`);
  writeFileSync(join(folder, 'state.json'), JSON.stringify(copy));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

/** The copy holds no secret, so its passphrase protects nothing. */
async function run(folder: string, ...args: readonly string[]): Promise<string> {
  const env = {
    PULUMI_BACKEND_URL: `file://${join(folder, 'backend')}`,
    PULUMI_CONFIG_PASSPHRASE: 'nothing to protect',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const { code, stdout, output } = await runTool('pulumi', args, { cwd: folder, env });
  if (code === 0) return stdout;
  const why = errorsIn(stdout) || output.trim();
  throw new CommandError(`The account could not be compared, pulumi ${args[0]} ended with ${code}\n${why}`);
}

/** The engine writes its errors into the JSON. */
function errorsIn(text: string): string {
  const { diagnostics = [] } = parse(text) ?? {};
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message.trim())
    .join('\n');
}

function differencesIn(text: string): string[] {
  const found = parse(text);
  if (found === undefined)
    throw new CommandError('The account could not be compared: pulumi refresh wrote no JSON');
  const lines = found.steps
    .filter(({ op }) => !UNCHANGED.has(op))
    .map(({ op, urn }) => `${op} ${urn.split('::').slice(2).join('::')}`);
  const changed = Object.entries(found.changeSummary).filter(
    ([op, count]) => !UNCHANGED.has(op) && count > 0,
  );
  // The summary counts too, so that a step with an unknown name is not lost.
  return lines.length > 0 ? lines : changed.map(([op, count]) => `${op} ${count} resources`);
}

function parse(text: string): z.infer<typeof preview> | undefined {
  try {
    return preview.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
