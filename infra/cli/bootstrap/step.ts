import type { Say } from '../../../scripts/command.ts';

/** One thing that has to be there. Running it again changes nothing. */
export interface Step {
  readonly name: string;
  /** What is there already, in words; undefined when it has to be made. */
  readonly find: () => Promise<string | undefined>;
  /** Makes it, and answers what was made. */
  readonly make: () => Promise<string>;
}

/** Runs the steps in order and says what became of each; a dry run makes nothing. */
export async function runSteps(steps: readonly Step[], { say, dryRun }: { say: Say; dryRun: boolean }) {
  for (const { name, find, make } of steps) {
    const found = await find();
    if (found !== undefined) say(`there   ${name}: ${found}`);
    else say(dryRun ? `to make ${name}` : `made    ${name}: ${await make()}`);
  }
}
