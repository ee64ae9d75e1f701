/** The webhook app, or the polling worker: reads the environment, starts, and leaves well on SIGTERM or SIGINT. */
import { unknownArgument } from './command-line.ts';
import { NotAvailable } from './compose/adapters.ts';
import { startServer } from './compose.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { UnusableDatabase } from './stores/sqlite/open.ts';
import { VERSION } from './version.ts';

/** Turns of one process; nearly all of their time is spent waiting for the assistant. */
const DEFAULT_CONCURRENCY = 100;
const MAX_CONCURRENCY = 1_000;

const HELP = `Usage: npm start [-- --worker [--concurrency <n>]]

Starts the webhook app, configured by the environment: docs/configuration.md lists every variable.
Without any it runs with development values against a backend on :8000, and sends to Meta, who does not know the
development token: META_API_URL names a simulated WhatsApp instead, and \`npm run dev\` starts one with all the rest.
SIGTERM or Ctrl-C ends it within 10 seconds, and nothing is lost.

  --worker             answers the wake-ups of QUEUE=sqs instead of receiving deliveries, on machines without Lambda
  --concurrency <n>    with --worker: conversations at a time, 1 to ${MAX_CONCURRENCY} (${DEFAULT_CONCURRENCY})
  --help               this text

Exit codes: 0 ended when told to, 1 could not start or broke down, 2 wrong call, 78 the configuration cannot be used.
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const WRONG_CALL = 2;
const MAX_SHUTDOWN_MS = 9_500;

/** How the program was called. */
interface Options {
  readonly worker: boolean;
  readonly help: boolean;
  readonly concurrency: number;
}

async function run({ worker, concurrency }: Options): Promise<void> {
  const config = readConfig(process.env);
  for (const warning of config.warnings) say(warning);
  const running = worker ? await work(config, concurrency) : await startServer(config, VERSION);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      // Whatever still hangs then is safe in the store, and another process goes on with it.
      setTimeout(() => process.exit(0), MAX_SHUTDOWN_MS).unref();
      void running.close().then(() => process.exit(0));
    });
  }
}

/** Takes wake-ups from the queue until it is told to leave; there is no port to listen on. */
async function work(config: Config, concurrency: number): Promise<{ close(): Promise<void> }> {
  // Loaded when it is wanted: AWS's clients are larger than all the rest.
  const { composeWorker } = await import('./compose/worker.ts');
  const worker = composeWorker(config);
  await worker.ready();
  return worker.poll(concurrency);
}

function explain(error: unknown): never {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    process.exit(BAD_CONFIGURATION);
  }
  say(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof NotAvailable || error instanceof UnusableDatabase ? BAD_CONFIGURATION : 1);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Rejects unknown options: a typo in `--worker` would start a web server that looks healthy but answers no message. */
function optionsOf(words: readonly string[]): Options | string {
  if (words.includes('--help')) return { worker: false, help: true, concurrency: DEFAULT_CONCURRENCY };
  let [worker, concurrency] = [false, ''];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--worker') worker = true;
    else if (word === '--concurrency') concurrency = words[++at] ?? 'nothing';
    else if (word.startsWith('--concurrency='))
      concurrency = word.slice('--concurrency='.length) || 'nothing';
    else return unknownArgument(word);
  }
  if (concurrency === '') return { worker, help: false, concurrency: DEFAULT_CONCURRENCY };
  if (!worker) return '--concurrency needs --worker. See --help.';
  const count = Number(concurrency);
  if (!Number.isInteger(count) || count < 1 || count > MAX_CONCURRENCY)
    return `--concurrency takes a whole number from 1 to ${MAX_CONCURRENCY}, got ${concurrency}.`;
  return { worker, help: false, concurrency: count };
}

const options = optionsOf(process.argv.slice(2));
if (typeof options === 'string') {
  say(options);
  process.exitCode = WRONG_CALL;
} else if (options.help) process.stdout.write(HELP);
else await run(options).catch(explain);
