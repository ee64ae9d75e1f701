/** What the release commands have in common: how they end, and what they say when they cannot go on. */
import { ENVIRONMENTS, type EnvironmentName } from '../../infra/names.ts';

/** Something the person can act on: printed without a stack trace. */
export class Plain extends Error {
  override readonly name: string = 'Plain';
}

/** The command was called wrongly: exit code 2. */
export class Usage extends Plain {
  override readonly name = 'Usage';
}

/** Prints a line; the tests take a list instead of the console. */
export type Say = (line: string) => void;

/** Runs a command to its exit code: what `main` answers, 2 for a wrong call, 1 for everything else that goes wrong. */
export async function runCommand(
  name: string,
  main: (words: string[], say: Say) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
  } catch (error) {
    console.error(sentenceOf(error));
    if (isWrongCall(error)) console.error(`npm run ${name} -- --help says what there is.`);
    process.exitCode = isWrongCall(error) ? 2 : 1;
  }
}

function isWrongCall(error: unknown): boolean {
  return error instanceof Usage || (codeOf(error) ?? '').startsWith('ERR_PARSE_ARGS');
}

/** One sentence for what a person can act on, the whole stack for what is our own fault. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Plain || isWrongCall(error)) return error.message;
  if (/CredentialsProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/.test(error.name)) {
    return `AWS does not know who you are (${error.message}): aws sso login, or set AWS_PROFILE`;
  }
  // The AWS SDK tells whose fault it was.
  if ('$fault' in error) return `AWS: ${error.name}: ${error.message}`;
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'].includes(codeOf(error) ?? ''))
    return error.message;
  return error.stack ?? error.message;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether AWS or Pulumi's backend refused because of missing rights. */
export function isRefused(error: unknown): boolean {
  return (
    error instanceof Error && /AccessDenied|NotAuthorized|UnauthorizedOperation|Forbidden/.test(error.name)
  );
}

export function asEnvironment(word: string | undefined): EnvironmentName | undefined {
  return ENVIRONMENTS.find((name) => name === word);
}

/** The one positional word that names a stack that runs the service. */
export function oneEnvironment(words: readonly string[]): EnvironmentName {
  const [word, ...more] = words;
  const environment = asEnvironment(word);
  if (environment === undefined || more.length > 0)
    throw new Usage(`Name one stack: ${ENVIRONMENTS.join(' or ')}.`);
  return environment;
}
