import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
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

/** Runs until a signal comes or a part ends. Answers the exit code; then nothing that was started still runs. */
export async function runDev(argv: readonly string[], programs: Programs): Promise<number> {
  const flags = readFlags(argv);
  if (flags === 'help') {
    console.log(HELP);
    return 0;
  }
  if (typeof flags === 'string') return complain([flags]);
  const parts = partsOf(flags, programs);
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

function readFlags(argv: readonly string[]) {
  const port = (byDefault: string) => ({ type: 'string', default: byDefault }) as const;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        'backend-port': port('8000'),
        'app-port': port('8001'),
        'simulator-port': port('8002'),
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      backend: portNumber(values['backend-port']),
      app: portNumber(values['app-port']),
      simulator: portNumber(values['simulator-port']),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function portNumber(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new RangeError(`A port is a number from 1 to 65535, not ${text}.`);
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
