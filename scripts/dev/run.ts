import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, runCommand } from '../command.ts';
import { parseChannel } from '../parse-channel.ts';
import { parsePort } from '../port.ts';
import { type Part, type Programs, partsOf } from './parts.ts';
import { portProblems } from './ports.ts';
import { type Running, startPart } from './processes.ts';

const HELP = `Usage: npm run dev [-- options]

Starts the whole system on this machine, with no account and no configuration: the
reference backend, the webhook app, and a simulated WhatsApp with a page to write on.
Data is stored under data/. Ctrl-C stops all of it. The environment still sets every
variable that need not match between the programs: ASSISTANT, LOGGING_LEVEL...

  --channel <name>            who connects the app with WhatsApp: meta or twilio (meta)
  --backend-port <number>     port of the reference backend (8000)
  --app-port <number>         port of the webhook app (8001)
  --simulator-port <number>   port of the simulated WhatsApp (8002)
  --help                      this text
`;

const START_TIMEOUT_MS = 60_000;
/** The webhook app exits within 10 seconds. */
const STOP_TIMEOUT_MS = 15_000;

const OPTIONS = {
  channel: { type: 'string', default: 'meta' },
  'backend-port': { type: 'string', default: '8000' },
  'app-port': { type: 'string', default: '8001' },
  'simulator-port': { type: 'string', default: '8002' },
} as const;

/** Resolves after a signal or the end of a part, when every process that was started has ended. */
export function runDev(programs: Programs): Promise<void> {
  return runCommand({
    name: 'dev',
    help: HELP,
    options: OPTIONS,
    maxArgs: 0,
    run: (call) => dev(call, programs),
  });
}

async function dev({ values }: Call<typeof OPTIONS>, programs: Programs): Promise<number> {
  const ports = {
    backend: parsePort(values['backend-port']),
    app: parsePort(values['app-port']),
    simulator: parsePort(values['simulator-port']),
  };
  const parts = partsOf(ports, programs, parseChannel(values.channel));
  const problems = await portProblems(parts);
  if (problems.length > 0) return fail(problems);

  await mkdir(new URL('../../data', import.meta.url), { recursive: true });
  const signal = nextSignal();
  const running = parts.map((part) => startPart(part));
  const firstEnd = Promise.race(
    parts.map(async ({ name }, i) => `The ${name} ${await running[i]?.ended}: stopping the rest.`),
  );
  const ready = announceWhenReady(parts);
  const end = await Promise.race([signal, firstEnd, ready]);
  if (end === 'signal') console.log('\nStopping.');
  await stop(running);
  if (end === 'signal') return 0;
  return fail([end]);
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

/** Prints the address when all parts respond, then never resolves. Resolves to a sentence when one does not respond. */
async function announceWhenReady(parts: readonly Part[]): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (const { name, port } of parts) {
    while (!(await responds(port))) {
      if (Date.now() > deadline) return `The ${name} does not respond on port ${port}: stopping.`;
      await sleep(100, undefined, { ref: false });
    }
  }
  const page = parts.find(({ name }) => name === 'simulator')?.port;
  console.log(
    `\nEverything is running. Open http://localhost:${page} and write something. Ctrl-C stops all of it.\n`,
  );
  return new Promise(() => {});
}

/** Returns true for a response of any status. */
async function responds(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function stop(running: readonly Running[]): Promise<void> {
  for (const part of running) part.kill('SIGTERM');
  const force = setTimeout(() => {
    for (const part of running) part.kill('SIGKILL');
  }, STOP_TIMEOUT_MS);
  await Promise.all(running.map(({ ended }) => ended));
  clearTimeout(force);
}
