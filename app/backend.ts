/** The reference backend alone: reads the environment, starts, and stops on SIGTERM or SIGINT. */
import { randomUUID } from 'node:crypto';
import { BackendConfigError, readBackendConfig } from './backend/config.ts';
import { type BackendOptions, readOptions, type SampleModel, WrongOption } from './backend/options.ts';
import { chatCompletionReplies, type Replies } from './backend/replies.ts';
import { echoReplies, emptyReplies, failingReplies } from './backend/sample-replies.ts';
import { startBackend } from './backend/start.ts';
import { systemClock as clock } from './clock.ts';
import { listenErrorMessage } from './http/listen-error.ts';

const HELP = `Usage: npm run backend [-- options]

The reference ansari-backend: users, threads and streamed answers over HTTP, stored in one SQLite file.
It responds, and fails, as the real one does. It echoes, with a citation when a question asks for a source
or a verse; with OPENAI_API_KEY it calls a model. Ctrl-C stops it.

Options
  --model echo|fails|slow|cut|empty
                            echo: even with OPENAI_API_KEY; fails: an empty 200, and an apology in the thread;
                            slow: 20 seconds of silence, then one word a second; cut: the connection breaks in
                            the middle, and the thread has the complete answer; empty: an empty answer
  --database down           as with an unreachable MongoDB: no registration succeeds, no thread opens,
                            nothing is found
  --web-user PHONE          a user of the web only: exists, and is not found until registered; repeatable

Environment
  BACKEND_PORT              else PORT, else 8000
  DEPLOYMENT_TYPE           local: serves this machine only, and has a development key
  BACKEND_API_KEYS          keys that callers may send as X-Whatsapp-Api-Key, comma separated;
                            else WHATSAPP_SERVICE_API_KEY; else, when local, development-backend-key
  BACKEND_SQLITE_PATH       data/ansari-backend.db
  OPENAI_API_KEY            calls a model over chat completions instead of echoing
  OPENAI_MODEL              required with the key
  OPENAI_API_URL            https://api.openai.com/v1
  OPENAI_INSTRUCTIONS       the system message for the model
`;

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;
const BAD_USAGE = 2;
const WORD_MS = 30;

const SAMPLES: Readonly<Record<SampleModel, Replies>> = {
  echo: echoReplies({ clock, wordMs: WORD_MS }),
  fails: failingReplies,
  slow: echoReplies({ clock, wordMs: 1_000, firstWordMs: 20_000 }),
  cut: echoReplies({ clock, wordMs: WORD_MS }),
  empty: emptyReplies,
};

async function run({ model, databaseIsDown, webUsers }: BackendOptions): Promise<void> {
  const { replies: wanted, ...config } = readBackendConfig(process.env);
  const asksModel = wanted.kind === 'openai' && model === undefined;
  const backend = await startBackend({
    ...config,
    replies: asksModel ? chatCompletionReplies(wanted, clock) : SAMPLES[model ?? 'echo'],
    cutsAnswers: model === 'cut',
    databaseIsDown,
    webUsers,
    clock,
    newId: randomUUID,
    report: (what, error) => print(`${what}: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void backend.close());
  const how = [asksModel ? wanted.model : (model ?? 'echo'), ...(databaseIsDown ? ['database down'] : [])];
  print(`ansari-backend listens on ${backend.url} (${how.join(', ')})`);
}

function exitWith(error: unknown): void {
  if (error instanceof WrongOption) {
    print(error.message);
    process.exitCode = BAD_USAGE;
    return;
  }
  if (error instanceof BackendConfigError) {
    for (const problem of error.problems) print(problem);
    process.exitCode = BAD_CONFIGURATION;
    return;
  }
  const problem = listenErrorMessage(error, { port: 'BACKEND_PORT', host: 'HOST' });
  print(problem ?? (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  exitWith(error);
}
