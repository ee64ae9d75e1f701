/**
 * Runs the Pulumi program as often as its parent asks, each time for another stack, configuration and engine. Loading
 * Pulumi's packages takes several times as long as a run, so one process serves many runs, one after another, as Pulumi's
 * automation API does with inline programs.
 */
import { RunError, runtime } from '@pulumi/pulumi';
import program from '../../index.ts';
import type { RunEnded, RunRequest } from './program.ts';

let last: Promise<void> = Promise.resolve();

process.on('message', (request: RunRequest) => {
  last = last.then(async () => {
    const error = await run(request);
    process.send?.({ id: request.id, ...(error !== undefined && { error }) } satisfies RunEnded);
  });
});

/** Resolves to what went wrong, without a stack where Pulumi shows none. */
async function run({
  address,
  project,
  stack,
  config,
  encrypted,
  frames,
}: RunRequest): Promise<string | undefined> {
  Error.stackTraceLimit = frames;
  const failures = new Set<unknown>();
  const note = (error: unknown) => void failures.add(error);
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  try {
    // As a preview: the program creates nothing by itself then, and every invoke has a known result.
    runtime.resetOptions(project, stack, 32, address, address, true, 'organization');
    runtime.setAllConfig({ ...config }, [...encrypted]);
    // The SDK does not show which keys are secrets; the language host passes them in this variable, which the program reads.
    process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(encrypted);
    await runtime.runInPulumiStack(program);
    await runtime.disconnect(true);
  } catch (error) {
    note(error);
    await runtime.disconnect(false).catch(note);
  } finally {
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
  }
  return failures.size === 0 ? undefined : [...failures].map(described).join('\n');
}

function described(error: unknown): string {
  if (RunError.isInstance(error)) return error.message;
  return `unhandled exception: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
