/** The webhook app: reads the environment, starts, and leaves well on SIGTERM or SIGINT. */
import { NotAvailable } from './compose/adapters.ts';
import { startServer } from './compose.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { UnusableDatabase } from './stores/sqlite/open.ts';
import { VERSION } from './version.ts';

const HELP = `Usage: npm start [-- --worker]

Starts the webhook app, configured by the environment: docs/configuration.md lists every variable.
Without any it runs with development values against a backend on :8000, and sends to Meta, who does not know the
development token: META_API_URL names a simulated WhatsApp instead, and \`npm run dev\` starts one with all the rest.
SIGTERM or Ctrl-C ends it within 10 seconds, and nothing is lost.

  --worker   answers the wake-ups of QUEUE=sqs instead of receiving deliveries, on machines without Lambda

Exit codes: 0 ended when told to, 1 could not start or broke down, 2 wrong call, 78 the configuration cannot be used.
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const WRONG_CALL = 2;
const MAX_SHUTDOWN_MS = 9_500;

async function run(): Promise<void> {
  const config = readConfig(process.env);
  for (const warning of config.warnings) say(warning);
  const running = process.argv.includes('--worker') ? await work(config) : await startServer(config, VERSION);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      // Whatever still hangs then is safe in the store, and another process goes on with it.
      setTimeout(() => process.exit(0), MAX_SHUTDOWN_MS).unref();
      void running.close().then(() => process.exit(0));
    });
  }
}

/** Takes wake-ups from the queue until it is told to leave; there is no port to listen on. */
async function work(config: Config): Promise<{ close(): Promise<void> }> {
  // Loaded when it is wanted: AWS's clients are larger than all the rest.
  const { composeWorker } = await import('./compose/worker.ts');
  const worker = composeWorker(config);
  await worker.ready();
  return worker.poll();
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

/** A misspelt `--worker` would start a door, which looks well and answers nobody. */
function refuse(word: string): void {
  say(`${word} is no option of this program: --help says what there is.`);
  process.exitCode = WRONG_CALL;
}

const words = process.argv.slice(2);
const unknown = words.find((word) => word !== '--worker');
if (words.includes('--help')) process.stdout.write(HELP);
else if (unknown !== undefined) refuse(unknown);
else await run().catch(explain);
