import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../errors.ts';

interface Confirmation {
  /** A sentence that says what will happen. */
  readonly what: string;
  /** `--yes` was given. */
  readonly yes: boolean;
  readonly input?: Readable & { readonly isTTY?: boolean };
  /** Standard error by default: standard output may go to a program. */
  readonly output?: Writable;
}

/**
 * Resolves to whether the operator wants it. Throws `UsageError` when nobody can be asked, since standard input is no terminal.
 */
export async function confirm({
  what,
  yes,
  input = process.stdin,
  output = process.stderr,
}: Confirmation): Promise<boolean> {
  if (yes) return true;
  if (!input.isTTY) throw new UsageError(`${what} Nobody can be asked here: add --yes.`);
  const terminal = createInterface({ input, output });
  try {
    return (await terminal.question(`${what} Type "yes" to go on: `)).trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
