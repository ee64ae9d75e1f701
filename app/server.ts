/** The web service, or the polling worker: reads the environment, starts, and shuts down on SIGTERM or SIGINT. */
import { unknownArgument } from './command-line.ts';
import { NotAvailable } from './compose/not-available.ts';
import { startServer } from './compose.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { UnusableDatabase } from './stores/sqlite/open.ts';
import { VERSION } from './version.ts';

/** Concurrent turns of one process; a turn spends nearly all of its time waiting for the assistant. */
const DEFAULT_CONCURRENCY = 100;
const MAX_CONCURRENCY = 1_000;

const HELP = `Usage: npm start [-- --worker [--concurrency <n>]]

Starts the web service, configured by the environment: docs/configuration.md lists every variable.
Without any variable it runs with development values against a backend on :8000, and sends to Meta, which rejects the
development token: set META_API_URL to a simulated WhatsApp instead, or let \`npm run dev\` start all parts.
SIGTERM or Ctrl-C ends it within 10 seconds, and nothing is lost.

  --worker             processes the wake-ups of QUEUE=sqs instead of receiving deliveries, on machines without Lambda;
                       serves /metrics, /health and /ready on WORKER_PORT
  --concurrency <n>    with --worker: conversations at a time, 1 to ${MAX_CONCURRENCY} (${DEFAULT_CONCURRENCY})
  --help               this text

Exit codes: 0 stopped by a signal, 1 failed to start or crashed, 2 wrong command line, 78 unusable configuration.
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const BAD_USAGE = 2;
/** Below the 10 seconds that orchestrators leave between SIGTERM and SIGKILL. */
const MAX_SHUTDOWN_MS = 9_500;

/** The command line. */
interface Options {
  readonly worker: boolean;
  readonly help: boolean;
  readonly concurrency: number;
}

async function run({ worker, concurrency }: Options): Promise<void> {
  const config = readConfig(process.env);
  for (const warning of config.warnings) print(warning);
  const running = worker ? await startWorker(config, concurrency) : await startServer(config, VERSION);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      // Work that is still unfinished then is in the store, and another process continues it.
      setTimeout(() => process.exit(0), MAX_SHUTDOWN_MS).unref();
      void running.close().then(() => process.exit(0));
    });
  }
}

/** Starts the polling worker. */
async function startWorker(config: Config, concurrency: number): Promise<{ close(): Promise<void> }> {
  // Loaded on demand: the AWS clients are larger than everything else.
  const { composeWorker } = await import('./compose/worker.ts');
  const { pollingMetrics } = await import('./compose/polling-metrics.ts');
  const worker = await composeWorker(config, { isFrozen: false, metricsFor: pollingMetrics });
  await worker.ready();
  return worker.poll(concurrency);
}

function exitWith(error: unknown): never {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) print(problem);
    process.exit(BAD_CONFIGURATION);
  }
  print(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof NotAvailable || error instanceof UnusableDatabase ? BAD_CONFIGURATION : 1);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Returns the options, or the sentence that says what is wrong. Rejects unknown options: a typo in `--worker` would start a
 * web server that looks healthy but never processes messages.
 */
function parseOptions(words: readonly string[]): Options | string {
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

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string') {
  print(options);
  process.exitCode = BAD_USAGE;
} else if (options.help) process.stdout.write(HELP);
else await run(options).catch(exitWith);
