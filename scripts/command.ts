/**
 * What the commands have in common: how they are called, how they end, and what they say when they cannot go on. The
 * image is built by one of them, so this file is copied there and imports nothing of ours.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** Something the person can act on: printed without a stack trace. */
export class Plain extends Error {
  override readonly name: string = 'Plain';
}

/** The command was called wrongly: exit code 2. */
export class Usage extends Plain {
  override readonly name = 'Usage';
}

/** The person stopped it while another program worked: exit code 130, as a shell has it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Prints a line; the tests take a list instead of the console. */
export type Say = (line: string) => void;

export interface Command<Options extends ParseArgsOptionsConfig> {
  /** As in `npm run <name>`. */
  readonly name: string;
  readonly help: string;
  readonly options: Options;
  /** The most words that it takes beside its options; absent: any number. */
  readonly mostWords?: number;
  /** Answers the exit code. */
  readonly run: (call: Call<Options>) => Promise<number>;
}

export interface Call<Options extends ParseArgsOptionsConfig> {
  readonly values: ReturnType<typeof parseArgs<{ args: string[]; options: Options }>>['values'];
  readonly words: readonly string[];
  readonly say: Say;
}

const EXIT_CODES = { failed: 1, wrongCall: 2, interrupted: 130 };

/**
 * Runs a command to its exit code: what `run` answers, 0 after `--help` or `-h`, 2 for a wrong call, 1 for everything
 * else that goes wrong.
 */
export async function runCommand<const Options extends ParseArgsOptionsConfig>(
  command: Command<Options>,
): Promise<void> {
  const say: Say = (line) => console.log(line);
  const args = process.argv.slice(2);
  try {
    if (asksForHelp(args)) say(command.help.trimEnd());
    else process.exitCode = await command.run({ ...readCall(command, args), say });
  } catch (error) {
    console.error(sentenceOf(error));
    if (isWrongCall(error)) console.error(`npm run ${command.name} -- --help says what there is.`);
    process.exitCode = exitCodeOf(error);
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

function readCall<Options extends ParseArgsOptionsConfig>(
  { name, options, mostWords = Number.POSITIVE_INFINITY }: Command<Options>,
  args: string[],
): Omit<Call<Options>, 'say'> {
  const swallowed = Object.keys(options).filter((option) => takenByNpm(option, args));
  if (swallowed.length > 0) {
    const flags = swallowed.map((option) => `--${option}`).join(' ');
    throw new Usage(
      `npm took ${flags} for its own. Two dashes go before it: npm run ${name} -- ${[...args, flags].join(' ')}`,
    );
  }
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length > mostWords) throw new Usage(`${positionals[mostWords]} is one word too many.`);
  return { values, words: positionals };
}

/**
 * Whether npm took an option for its own. `npm run rollback staging --dry-run`, without the two dashes, starts the
 * command without its `--dry-run`, which npm leaves in the environment only (npm documentation, "config").
 */
function takenByNpm(option: string, args: readonly string[]): boolean {
  const said = args.some((word) => word === `--${option}` || word.startsWith(`--${option}=`));
  return !said && Boolean(process.env[`npm_config_${option.replaceAll('-', '_')}`]);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_CODES.interrupted;
  return isWrongCall(error) ? EXIT_CODES.wrongCall : EXIT_CODES.failed;
}

function isWrongCall(error: unknown): boolean {
  return error instanceof Usage || (codeOf(error) ?? '').startsWith('ERR_PARSE_ARGS');
}

/** One sentence for what a person can act on, the whole stack for what is our own fault. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node goes on with advice about "--", which means something else to npm.
  if (codeOf(error) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return error.message.replace(/\. To specify.*/s, '.');
  if (error instanceof Plain || error instanceof Interrupted || isWrongCall(error)) return error.message;
  if (
    /CredentialsProviderError|TokenProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/.test(
      error.name,
    )
  ) {
    return `AWS does not know who you are (${error.message}): aws sso login, or set AWS_PROFILE`;
  }
  // The AWS SDK tells whose fault it was.
  if ('$fault' in error) return `AWS: ${error.name}: ${error.message}`;
  const answered = unreadableAnswer(error);
  if (answered !== undefined) {
    return `Somebody else answers in the place of AWS (HTTP ${answered}): look at AWS_ENDPOINT_URL and at proxies`;
  }
  const late = error.name === 'TimeoutError';
  const code = codeOf(error) ?? (late ? 'ETIMEDOUT' : '');
  if (UNTRUSTED.test(code)) {
    return `The other side cannot be trusted (${error.message}): where a proxy opens TLS, NODE_EXTRA_CA_CERTS names the file with its certificate`;
  }
  if (!NO_LINE.has(code)) return error.stack ?? error.message;
  // Where a name has several addresses, the error of all of them together says nothing.
  const why = late ? 'no answer in time' : error.message || code;
  return `Nobody can be reached from here (${why}): is there a network?`;
}

/** What OpenSSL and Node say of a certificate (Node.js documentation, "X509 certificate error codes"). */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** What the system says when there is no way to the other side, or nobody listens there. */
const NO_LINE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The HTTP status of what the AWS SDK could not read: it leaves it in a field that nobody sees. */
function unreadableAnswer(error: Error): number | undefined {
  const response = '$response' in error ? error.$response : undefined;
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return undefined;
  return typeof response.statusCode === 'number' ? response.statusCode : undefined;
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
