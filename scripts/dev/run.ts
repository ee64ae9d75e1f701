import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Call, runCommand } from '../command.ts';
import { parseChannel } from '../parse-channel.ts';
import { parsePort } from '../port.ts';
import { envFileReader, environmentOf, replacedSentence } from './environment.ts';
import { beginAnew } from './fresh.ts';
import { createOutput, type Output } from './output.ts';
import { type Part, type Programs, partsOf } from './parts.ts';
import { portProblems } from './ports.ts';
import { startPart } from './processes.ts';
import { restartOnChange } from './restart-on-change.ts';
import { createSimulatorLink } from './simulator-link.ts';
import { type Supervised, supervise } from './supervise.ts';

const HELP = `Usage: npm run dev [-- options]

Starts the whole system on this machine, with no account and no configuration: the
reference backend, the webhook app, and a simulated WhatsApp with a page to write on.
Chats and messages are kept under data/ until --fresh. Ctrl-C stops all of it.

An edit under app/ restarts the app, one of app/backend the backend, one of .env both;
after an error the next edit starts them again. Deliveries are repeated meanwhile. A part
that crashes is started again after 1 to 10 seconds. The page needs a reload only.

The page shows the steps of each message, with every HTTP exchange, and what the app holds
of a conversation. It makes the assistant slow, cut, empty or refusing, kills the app, and
skips time: the clocks of all parts stay ahead until --fresh. Steps are lines of the app's
log at the level info; on a terminal they are not printed.

The environment, else the file .env, sets every variable that need not match between the
programs: ASSISTANT, LOGGING_LEVEL... What is set here is named when it replaces a value.

  --channel <name>            who connects the app with WhatsApp: meta or twilio (meta)
  --fresh                     removes the chats, messages and threads of former runs first
  --json-log                  log lines as JSON, as they are where the output is no terminal
  --backend-port <number>     port of the reference backend (8000)
  --app-port <number>         port of the webhook app (8001)
  --simulator-port <number>   port of the simulated WhatsApp (8002)
  --help                      this text

NO_COLOR=1 switches the colours off.
`;

const OPTIONS = {
  channel: { type: 'string', default: 'meta' },
  fresh: { type: 'boolean', default: false },
  'json-log': { type: 'boolean', default: false },
  'backend-port': { type: 'string', default: '8000' },
  'app-port': { type: 'string', default: '8001' },
  'simulator-port': { type: 'string', default: '8002' },
} as const;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Resolves after a signal, when every process that was started has ended, or when the simulator cannot be started. `root`: the
 * folder with `app/`, `data/` and `.env`.
 */
export function runDev(programs: Programs, root: string = ROOT): Promise<void> {
  return runCommand({
    name: 'dev',
    help: HELP,
    options: OPTIONS,
    maxArgs: 0,
    run: (call) => dev(call, programs, root),
  });
}

async function dev({ values }: Call<typeof OPTIONS>, programs: Programs, root: string): Promise<number> {
  const ports = {
    backend: parsePort(values['backend-port']),
    app: parsePort(values['app-port']),
    simulator: parsePort(values['simulator-port']),
  };
  const parts = partsOf(ports, programs, parseChannel(values.channel));
  const problems = await portProblems(parts);
  if (problems.length > 0) return fail(problems);

  const output = createOutput({ json: values['json-log'] || !process.stdout.isTTY });
  const readEnv = envFileReader(join(root, '.env'), output.say);
  // Only now: another system that runs on the same ports uses the files.
  if (values.fresh) beginAnew(root, output.say);
  await mkdir(join(root, 'data'), { recursive: true });
  const replaced = replacedSentence(parts, readEnv());
  if (replaced !== undefined) output.say(replaced);

  const signal = nextSignal();
  const supervised = superviseAll(parts, { root, readEnv, output });
  const watch = restartOnChange(root, supervised, output.say);
  const failed = [...supervised].map(
    async ([name, { failed }]) => `The ${name} ${await failed}: stopping the rest.`,
  );
  void Promise.all([...supervised.values()].map(({ responded }) => responded)).then(() =>
    output.say(
      `\nEverything is running. Open http://localhost:${ports.simulator} and write something. Ctrl-C stops all of it.\n`,
    ),
  );
  const end = await Promise.race([signal, ...failed]);
  if (end === 'signal') output.say('\nStopping.');
  watch.close();
  await Promise.all([...supervised.values()].map((part) => part.stop()));
  return end === 'signal' ? 0 : fail([end]);
}

interface Started {
  readonly root: string;
  readonly readEnv: () => NodeJS.Dict<string>;
  readonly output: Output;
}

function superviseAll(
  parts: readonly Part[],
  { root, readEnv, output }: Started,
): ReadonlyMap<string, Supervised> {
  const link = createSimulatorLink(parts, { root, say: output.say, part: (name) => supervised.get(name) });
  const startOf = (part: Part) => () =>
    startPart(part, {
      cwd: root,
      // Read at each start: an edit takes effect.
      environment: link.environment(part, environmentOf(part, readEnv())),
      onLine(line) {
        if (!link.line(part, line) || output.json) output.line(part.name, line);
      },
      onMessage: link.message,
    });
  const supervised = new Map<string, Supervised>();
  for (const part of parts) {
    const options = { start: startOf(part), say: output.say, ...link.observers[part.name] };
    supervised.set(part.name, supervise(part, options));
  }
  return supervised;
}

/** Prints the problems and returns the exit code. */
function fail(problems: readonly string[]): number {
  for (const problem of problems) console.error(problem);
  return 1;
}

function nextSignal(): Promise<'signal'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => resolve('signal'));
  });
}
