/** The webhook app: reads the environment, starts, and leaves well on SIGTERM or SIGINT. */
import { NotAvailable, startServer } from './compose.ts';
import { ConfigError, readConfig } from './config.ts';
import { UnusableDatabase } from './stores/sqlite/schema.ts';
import { VERSION } from './version.ts';

const HELP = `Usage: npm start

Starts the webhook app, configured by the environment: docs/configuration.md lists every variable.
Without any it runs with development values against a backend on :8000 and a simulated WhatsApp on :8002;
\`npm run dev\` starts all three. SIGTERM or Ctrl-C ends it within 10 seconds, and nothing is lost.

Exit codes: 0 ended when told to, 1 could not start or broke down, 78 the configuration cannot be used.
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const LONGEST_LEAVING_MS = 9_500;

async function run(): Promise<void> {
  const config = readConfig(process.env);
  for (const warning of config.warnings) say(warning);
  const server = await startServer(config, VERSION);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      // Whatever still hangs then is safe in the store, and another process goes on with it.
      setTimeout(() => process.exit(0), LONGEST_LEAVING_MS).unref();
      void server.close().then(() => process.exit(0));
    });
  }
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

if (process.argv.includes('--help')) process.stdout.write(HELP);
else await run().catch(explain);
