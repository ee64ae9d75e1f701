import { runCommand } from '../command.ts';
import { UsageError } from '../errors.ts';

interface CommandGroup {
  /** As in `npm run <name>`. */
  readonly name: string;
  /** Names the subcommands, each of which has a help of its own. */
  readonly help: string;
  /** Each runs with the arguments of the process. Loads its module on demand, so that help needs nothing of it. */
  readonly subcommands: Readonly<Record<string, () => Promise<void>>>;
}

/** Runs the subcommand that the arguments of the process begin with, and sets the exit code as `runCommand` does. */
export async function runSubcommand({ name, help, subcommands }: CommandGroup): Promise<void> {
  const [word = ''] = process.argv.slice(2);
  const subcommand = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  if (subcommand !== undefined) return subcommand();
  await runCommand({
    ...{ name, help, options: {} },
    run: async () => {
      const known = Object.keys(subcommands).join(', ');
      throw new UsageError(
        word === '' ? `Name a subcommand: ${known}.` : `No subcommand \`${word}\`: ${known}.`,
      );
    },
  });
}
