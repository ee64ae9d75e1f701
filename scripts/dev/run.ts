import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, runCommand, Usage } from '../command.ts';
import { type Part, type Programs, partsOf } from './parts.ts';
import { portProblems } from './ports.ts';
import { type Running, startPart } from './processes.ts';

const HELP = `Usage: npm run dev [-- options]

Starts the whole system on this machine, with no account and no configuration: the
reference backend, the webhook app, and a simulated WhatsApp with a page to write on.
Data is kept under data/. Ctrl-C stops all of it. The environment may still choose
what need not match between them: ASSISTANT, LOGGING_LEVEL, BATCH_WINDOW_SECONDS...

  --backend-port <number>     the reference backend (8000)
  --app-port <number>         the webhook app (8001)
  --simulator-port <number>   the simulated WhatsApp (8002)
  --help                      this text
`;

const LONGEST_START_MS = 60_000;
/** The webhook app leaves within 10 seconds. */
const LONGEST_STOP_MS = 15_000;

const OPTIONS = {
  'backend-port': { type: 'string', default: '8000' },
  'app-port': { type: 'string', default: '8001' },
  'simulator-port': { type: 'string', default: '8002' },
} as const;

/** Runs until a signal comes or a part ends; then nothing that was started still runs. */
export function runDev(programs: Programs): Promise<void> {
  return runCommand({
    name: 'dev',
    help: HELP,
    options: OPTIONS,
    mostWords: 0,
    run: (call) => dev(call, programs),
  });
}

async function dev({ values }: Call<typeof OPTIONS>, programs: Programs): Promise<number> {
  const ports = {
    backend: portNumber(values['backend-port']),
    app: portNumber(values['app-port']),
    simulator: portNumber(values['simulator-port']),
  };
  const parts = partsOf(ports, programs);
  const problems = await portProblems(parts);
  if (problems.length > 0) return complain(problems);

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
  return complain([end]);
}

function portNumber(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new Usage(`A port is a number from 1 to 65535, not ${text}.`);
}

function complain(problems: readonly string[]): number {
  for (const problem of problems) console.error(problem);
  return 1;
}

function nextSignal(): Promise<'signal'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => resolve('signal'));
  });
}

/** Prints the address when all answer, and then never resolves; resolves with a sentence when one does not. */
async function announceWhenReady(parts: readonly Part[]): Promise<string> {
  const before = Date.now() + LONGEST_START_MS;
  for (const { name, port } of parts) {
    while (!(await answers(port))) {
      if (Date.now() > before) return `The ${name} does not answer on port ${port}: stopping.`;
      await sleep(100, undefined, { ref: false });
    }
  }
  const page = parts.find(({ name }) => name === 'simulator')?.port;
  console.log(
    `\nEverything answers. Open http://localhost:${page} and write something. Ctrl-C stops all of it.\n`,
  );
  return new Promise(() => {});
}

/** Whatever it answers, it is up. */
async function answers(port: number): Promise<boolean> {
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
  }, LONGEST_STOP_MS);
  await Promise.all(running.map(({ ended }) => ended));
  clearTimeout(force);
}
