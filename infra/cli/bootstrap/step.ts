import type { Print } from '../../../scripts/command.ts';

/** One thing that bootstrap creates. Idempotent. */
export interface Step {
  readonly name: string;
  /** Resolves to a description of what exists; undefined when it has to be created. */
  readonly find: () => Promise<string | undefined>;
  /** Creates it, and resolves to a description of what was created. */
  readonly create: () => Promise<string>;
}

/** Runs the steps in order and prints the result of each; a dry run creates nothing. */
export async function runSteps(steps: readonly Step[], { print, dryRun }: { print: Print; dryRun: boolean }) {
  for (const { name, find, create } of steps) {
    const found = await find();
    if (found !== undefined) print(`there   ${name}: ${found}`);
    else print(dryRun ? `to make ${name}` : `made    ${name}: ${await create()}`);
  }
}
