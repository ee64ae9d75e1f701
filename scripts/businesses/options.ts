/** The options of subcommands that change a business, and the argument that names one. */
import { UsageError } from '../errors.ts';
import { COMMON, COMMON_HELP } from '../subcommands/options.ts';

/** Of subcommands after which running services should look a business up again. */
export const CHANGING = {
  ...COMMON,
  url: { type: 'string' },
  'admin-token-file': { type: 'string' },
} as const;

export const CHANGING_HELP = `  --url <url>                  a running service that forgets the changed numbers at once (DELETE /admin/cache/<number>)
  --admin-token-file <file>    its ADMIN_TOKEN, or "-" for standard input
${COMMON_HELP}`;

/** Returns the argument after the subcommand. Throws `UsageError` when there is none, or more than one. */
export function businessArg(args: readonly string[]): string {
  const [, word, another] = args;
  if (word === undefined || another !== undefined)
    throw new UsageError('Name one business: its id, its subdomain or one of its phone number ids.');
  return word;
}
