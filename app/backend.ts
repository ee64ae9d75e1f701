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

The reference ansari-backend: users, threads and streamed answers over HTTP, kept in one SQLite file.
It answers, and fails, as the real one does. It echoes, with a citation for who asks for a source or a
verse; with OPENAI_API_KEY it asks a model. Ctrl-C stops it.

Options
  --model echo|fails|slow|cut|empty
                            echo, also when there is a key; fails: a 200 without a word, and a sentence about
                            it in the thread; slow: 20 seconds of silence, then 1 a word; cut: the connection
                            breaks in the middle, and the thread holds the whole answer; empty: the model
                            ends without a word
  --database down           as with a MongoDB that does not answer: no registration succeeds, no thread
                            opens, nothing is found
  --web-user PHONE          somebody known from the web only: exists, and is not found until registered;
                            may be given several times

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

const SAMPLES: Readonly<Record<SampleModel, Replies>> = {
  echo: echoReplies({ clock, wordMs: WORD_MS }),
  fails: failingReplies,
  slow: echoReplies({ clock, wordMs: 1_000, thinksMs: 20_000 }),
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
    report: (what, error) => say(`${what}: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void backend.close());
  const how = [asksModel ? wanted.model : (model ?? 'echo'), ...(databaseIsDown ? ['database down'] : [])];
  say(`ansari-backend listens on ${backend.url} (${how.join(', ')})`);
}

function explain(error: unknown): void {
  if (error instanceof WrongOption) {
    say(error.message);
    process.exitCode = WRONG_CALL;
    return;
  }
  if (error instanceof BackendConfigError) {
    for (const problem of error.problems) say(problem);
    process.exitCode = BAD_CONFIGURATION;
    return;
  }
  const problem = listenErrorMessage(error, { port: 'BACKEND_PORT', host: 'HOST' });
  say(problem ?? (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  explain(error);
}
