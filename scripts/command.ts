/**
 * Parses the arguments of a command, runs it, and sets the exit code. A command builds the image, so this file is copied
 * there and imports nothing of this repository but `errors.ts`.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Interrupted, isUsageError, messageOf, UsageError } from './errors.ts';

export {
  CommandError,
  Interrupted,
  isRefused,
  messageOf,
  UsageError,
} from './errors.ts';

/** Prints a line. Tests pass a function that collects the lines. */
export type Print = (line: string) => void;

export interface Command<Options extends ParseArgsOptionsConfig> {
  /** As in `npm run <name>`. */
  readonly name: string;
  /** As in a shell, for a program that has no npm script; default `npm run <name> --`. */
  readonly invocation?: string;
  readonly help: string;
  readonly options: Options;
  /** Maximum number of positional arguments. Default: no limit. */
  readonly maxArgs?: number;
  /** Resolves to the exit code; undefined: the program goes on running. */
  readonly run: (call: Call<Options>) => Promise<number | undefined>;
}

export interface Call<Options extends ParseArgsOptionsConfig> {
  readonly values: ReturnType<typeof parseArgs<{ args: string[]; options: Options }>>['values'];
  /** The positional arguments. */
  readonly args: readonly string[];
  readonly print: Print;
}

const EXIT_CODES = { failed: 1, wrongCall: 2, interrupted: 130 };

/**
 * Runs a command and sets the exit code of the process: what `run` resolves to, 0 after `--help` or `-h`, 2 for a wrong
 * call, 1 for every other error.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
): Promise<void> {
  const { name, invocation = `npm run ${name} --` } = command;
  const print: Print = (line) => console.log(line);
  process.stdout.on('error', ignoreClosedPipe);
  const args = process.argv.slice(2);
  try {
    if (wantsHelp(args)) print(command.help.trimEnd());
    else process.exitCode = await command.run({ ...parseCall(command, args), print });
  } catch (error) {
    console.error(messageOf(error));
    if (isUsageError(error)) console.error(`See ${invocation} --help`);
    process.exitCode = exitCodeOf(error);
  }
}

/** The reader has what it wants, as in `... | head`. The command goes on: it may be in the middle of a deployment. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

function parseCall<Options extends ParseArgsOptionsConfig>(
  { name, invocation, options, maxArgs = Number.POSITIVE_INFINITY }: Command<Options>,
  args: string[],
): Omit<Call<Options>, 'print'> {
  const candidates = invocation === undefined ? Object.keys(options) : [];
  const consumed = candidates.filter((option) => consumedByNpm(option, args));
  if (consumed.length > 0) {
    const flags = consumed.map((option) => `--${option}`).join(' ');
    throw new UsageError(
      `npm read ${flags} as its own option. Put two dashes before it: npm run ${name} -- ${[...args, flags].join(' ')}`,
    );
  }
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length > maxArgs) throw new UsageError(`Unexpected argument: \`${positionals[maxArgs]}\`.`);
  return { values, args: positionals };
}

/**
 * Returns true when npm read an option as its own. `npm run rollback staging --dry-run`, without the two dashes, starts
 * the command without `--dry-run`; npm leaves the option in the environment only (npm documentation, "config").
 */
function consumedByNpm(option: string, args: readonly string[]): boolean {
  const isPassed = args.some((word) => word === `--${option}` || word.startsWith(`--${option}=`));
  return !isPassed && Boolean(process.env[`npm_config_${option.replaceAll('-', '_')}`]);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_CODES.interrupted;
  return isUsageError(error) ? EXIT_CODES.wrongCall : EXIT_CODES.failed;
}
