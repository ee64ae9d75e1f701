/** Secrets from files and from standard input. An argument would be visible in the list of processes. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError, UsageError } from '../errors.ts';

const STANDARD_INPUT = '-';

/** Throws `UsageError` when two options name standard input, which can be read once. */
export function requireOneStandardInput(...files: readonly (string | undefined)[]): void {
  if (files.filter((file) => file === STANDARD_INPUT).length > 1)
    throw new UsageError('Only one secret can come from standard input: give the others as files.');
}

/**
 * Resolves to the lines of a file, or of standard input for "-", without white space around them and without empty ones.
 * Throws `CommandError` when there is none, or when the file cannot be read. `what` names the secret in messages.
 */
export async function readSecrets(what: string, file: string): Promise<readonly string[]> {
  const content = await (file === STANDARD_INPUT ? text(process.stdin) : readOwn(what, file));
  const lines = content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new CommandError(`There is no ${what} in ${nameOf(file)}.`);
  return lines;
}

/** As `readSecrets`, for one line. Throws `CommandError` for several. */
export async function readLine(what: string, file: string): Promise<string> {
  const [secret = '', ...others] = await readSecrets(what, file);
  if (others.length > 0) throw new CommandError(`The ${what} in ${nameOf(file)} has several lines.`);
  return secret;
}

/** As `readLine`, for a secret that is sent in a header. Throws `CommandError` for other characters. */
export async function readSecret(what: string, file: string): Promise<string> {
  const secret = await readLine(what, file);
  if (/^[!-~]+$/.test(secret)) return secret;
  throw new CommandError(
    `The ${what} in ${nameOf(file)} holds other characters than ASCII letters, digits and signs.`,
  );
}

async function readOwn(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    // A token that was given instead of a file must not be repeated.
    throw new CommandError(
      `The file with the ${what} cannot be read (${code}). Give its path, or "-" for standard input.`,
    );
  }
}

function nameOf(file: string): string {
  return file === STANDARD_INPUT ? 'standard input' : 'the file';
}
