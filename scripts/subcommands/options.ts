/** The options that subcommands have in common, and checks of what they are given. */
import { UsageError } from '../errors.ts';

export const COMMON = { json: { type: 'boolean', default: false }, stack: { type: 'string' } } as const;

/** Ends the help of every subcommand. */
export const COMMON_HELP = `  --json             print one JSON object instead of lines
  --stack <stack>    staging or production, instead of the environment or .env
  --help             this text`;

/** Throws `UsageError` for arguments after the subcommand, such as a token that was meant for standard input. */
export function refuseArgs([, ...args]: readonly string[]): void {
  // The argument is not repeated: it may be a secret.
  if (args.length > 0)
    throw new UsageError('An argument is unexpected: everything is an option. See the help.');
}

/** Returns a whole number from 1. Throws `UsageError`. */
export function countOf(option: string, value: string, max: number): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && count >= 1 && count <= max) return count;
  throw new UsageError(`--${option} is a whole number from 1 to ${max}.`);
}
