import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isHttpUrl } from '../../app/web-address.ts';
import { type Call, runCommand, UsageError } from '../command.ts';
import { parsePort } from '../port.ts';
import { parseChannel } from '../simulator/parse-channel.ts';
import { envFileReader, replacedSentence } from './environment.ts';
import { beginAnew } from './fresh.ts';
import { hasRecord } from './meta/record.ts';
import { numberSource } from './meta/source.ts';
import type { takeBackLeftover } from './meta/take-back.ts';
import { createOutput } from './output.ts';
import { type Programs, partsForMeta, partsOf } from './parts.ts';
import { portProblems } from './ports.ts';
import { startSystem } from './system.ts';

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
  --meta                      the real number at Meta that META_* name, instead of the simulated WhatsApp: its callback
                              leads to this machine until the end. Starts cloudflared, ngrok or tailscale
  --tunnel <https url>        with --meta: the public address of a tunnel to the app's port that runs already
  --mcp                       serves tools for an agent (Model Context Protocol) on the standard input and output, over
                              the system that runs on these ports, else over one that ends with the agent
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
  meta: { type: 'boolean', default: false },
  tunnel: { type: 'string' },
  mcp: { type: 'boolean', default: false },
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
  const channel = parseChannel(values.channel);
  const tunnel = tunnelOption(values);
  const parts = values.meta ? partsForMeta(ports, programs) : partsOf(ports, programs, channel);
  const output = createOutput({ json: values['json-log'], toStandardError: values.mcp });
  const simulatorUrl = `http://localhost:${ports.simulator}`;
  const mcp = values.mcp ? await import('./mcp.ts') : undefined;
  if (await mcp?.simulatorRuns(simulatorUrl)) {
    if (values.fresh) return fail(['The system runs already: --fresh is for a new one.']);
    return mcp?.serveRunning(simulatorUrl, nextSignal()) ?? 0;
  }
  const readEnv = envFileReader(join(root, '.env'), output.say);
  const source = numberSource(readEnv);
  const isTakenBack = !hasRecord(root) || (await takeBack(root, source, output.say));
  if (values.meta && !isTakenBack) return 1;
  const problems = await portProblems(parts);
  if (problems.length > 0) return fail(problems);
  // Only now: another system that runs on the same ports uses the files.
  if (values.fresh) beginAnew(root, output.say);
  await mkdir(join(root, 'data'), { recursive: true });
  const replaced = replacedSentence(parts, readEnv());
  if (replaced !== undefined) output.say(replaced);

  const signal = nextSignal();
  const start = () => startSystem(parts, { root, readEnv, output });
  if (values.meta) {
    // On demand, as below: the offline system needs no client of Meta, and starts sooner.
    const { devWithMeta } = await import('./meta/run.ts');
    return devWithMeta({ root, source, output, tunnel, appPort: ports.app, signal, start });
  }
  if (mcp !== undefined) return mcp.devWithMcp({ output, simulatorUrl, signal, start });
  const system = start();
  void system.responded.then(() =>
    output.say(
      `\nEverything is running. Open ${simulatorUrl} and write something. Ctrl-C stops all of it.\n`,
    ),
  );
  const end = await Promise.race([signal, system.failed]);
  if (end === 'signal') output.say('\nStopping.');
  await system.stop();
  return end === 'signal' ? 0 : fail([end]);
}

async function takeBack(...leftover: Parameters<typeof takeBackLeftover>): Promise<boolean> {
  return (await import('./meta/take-back.ts')).takeBackLeftover(...leftover);
}

/** Returns the address of --tunnel. Throws `UsageError` for options that exclude each other. */
function tunnelOption({ meta, mcp, tunnel, channel }: Call<typeof OPTIONS>['values']): string | undefined {
  if (meta && channel !== 'meta') throw new UsageError('--meta and --channel exclude each other.');
  if (meta && mcp) throw new UsageError('--meta and --mcp exclude each other.');
  if (tunnel === undefined) return undefined;
  if (!meta) throw new UsageError('--tunnel belongs to --meta.');
  if (!isHttpUrl(tunnel))
    throw new UsageError('--tunnel takes an https:// address without user name, query or fragment.');
  return tunnel.replace(/\/+$/, '');
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
