/** The reference backend alone: reads the environment, starts, and stops on SIGTERM or SIGINT. */
import { randomUUID } from 'node:crypto';
import { BackendConfigError, readBackendConfig } from './backend/config.ts';
import { chatCompletionReplies, echoReplies } from './backend/replies.ts';
import { startBackend } from './backend/start.ts';
import { systemClock as clock } from './clock.ts';

const HELP = `Usage: npm run backend

The reference ansari-backend: users, threads and streamed answers over HTTP, kept in one SQLite file.
It echoes; with OPENAI_API_KEY it asks a model. Ctrl-C stops it.

Environment
  BACKEND_PORT              else PORT, else 8000
  DEPLOYMENT_TYPE           local: serves this machine only, and has a development key
  BACKEND_API_KEYS          keys that callers may send as X-Whatsapp-Api-Key, comma separated;
                            else WHATSAPP_SERVICE_API_KEY; else, when local, development-backend-key
  BACKEND_SQLITE_PATH       data/ansari-backend.db
  OPENAI_API_KEY            asks a model over chat completions instead of echoing
  OPENAI_MODEL              required with the key
  OPENAI_API_URL            https://api.openai.com/v1
  OPENAI_INSTRUCTIONS       what the model is told about its role
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const WRONG_CALL = 2;
const WORD_MS = 30;

async function run(): Promise<void> {
  const { replies: wanted, ...config } = readBackendConfig(process.env);
  const replies =
    wanted.kind === 'openai' ? chatCompletionReplies(wanted, clock) : echoReplies({ clock, wordMs: WORD_MS });
  const backend = await startBackend({
    ...config,
    replies,
    clock,
    newId: randomUUID,
    report: (what, error) => say(`${what}: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  say(`ansari-backend listens on ${backend.url} (${wanted.kind === 'openai' ? wanted.model : 'echo'})`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void backend.close());
}

function explain(error: unknown): void {
  if (error instanceof BackendConfigError) {
    for (const problem of error.problems) say(problem);
    process.exitCode = BAD_CONFIGURATION;
    return;
  }
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const message = error instanceof Error ? error.message : String(error);
  say(taken ? 'The port is in use by another program; set BACKEND_PORT to a free one.' : message);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function refuse(word: string): void {
  say(`${word} is no option of this program: --help says what there is.`);
  process.exitCode = WRONG_CALL;
}

const [unknown] = process.argv.slice(2);
if (process.argv.includes('--help')) process.stdout.write(HELP);
else if (unknown !== undefined) refuse(unknown);
else await run().catch(explain);
