/** The options that subcommands have in common, and how they print. */
import type { Print } from '../command.ts';
import { UsageError } from '../errors.ts';

export const COMMON = { json: { type: 'boolean', default: false }, stack: { type: 'string' } } as const;

/** Of subcommands after which running services should look a business up again. */
export const CHANGING = {
  ...COMMON,
  url: { type: 'string' },
  'admin-token-file': { type: 'string' },
} as const;

/** Ends the help of every subcommand. */
export const COMMON_HELP = `  --json             print one JSON object instead of lines
  --stack <stack>    staging or production, instead of the environment or .env
  --help             this text`;

export const CHANGING_HELP = `  --url <url>                  a running service that forgets the changed numbers at once (DELETE /admin/cache/<number>)
  --admin-token-file <file>    its ADMIN_TOKEN, or "-" for standard input
${COMMON_HELP}`;

/** Prints the object with --json, else the lines. */
export function report(
  { json }: { readonly json?: boolean },
  print: Print,
  object: object,
  lines: readonly string[],
): void {
  if (json) print(JSON.stringify(object, undefined, 2));
  else for (const line of lines) print(line);
}

/** Returns the argument after the subcommand. Throws `UsageError` when there is none, or more than one. */
export function businessArg(args: readonly string[]): string {
  const [, word, another] = args;
  if (word === undefined || another !== undefined)
    throw new UsageError('Name one business: its id, its subdomain or one of its phone number ids.');
  return word;
}

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
