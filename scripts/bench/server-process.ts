import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../chaos/own-process.ts';
import { NUMBER, SECRET } from './deliveries.ts';
import type { Cores } from './machine.ts';

const root = join(import.meta.dirname, '..', '..');

interface Program {
  readonly file: string;
  readonly environment: (folder: string) => Readonly<Record<string, string>>;
}

/** The bundle as it is deployed, with everything that production demands; nobody is called. */
function app(settings: Readonly<Record<string, string>>): Program {
  return {
    file: 'dist/server/index.js',
    environment: (folder) => ({
      DEPLOYMENT_TYPE: 'production',
      HOST: '127.0.0.1',
      META_APP_SECRET: SECRET,
      META_BUSINESS_PHONE_NUMBER_ID: NUMBER,
      META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-the-bench',
      META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-the-bench',
      ASSISTANT: 'echo',
      MOCK_META_API: 'true',
      QUEUE: 'inline',
      SQLITE_PATH: join(folder, 'bench.db'),
      ...settings,
    }),
  };
}

/** No turn begins within the time of a round, so that what is measured is the acceptance. */
const HELD_OFF = { BATCH_WINDOW_SECONDS: '900' };

const PROGRAMS = {
  bare: { file: 'scripts/bench/servers/bare.ts', environment: () => ({}) },
  sqlite: app({ STORE: 'sqlite', ...HELD_OFF }),
  memory: app({ STORE: 'memory', ...HELD_OFF }),
  log: {
    file: 'scripts/bench/servers/log.ts',
    environment: (folder) => ({ LOG_FILE: join(folder, 'bench.log') }),
  },
  /** As `sqlite`, and every message is answered at once by the echo; replies are recorded, not sent. */
  turns: app({ STORE: 'sqlite', BATCH_WINDOW_SECONDS: '0' }),
} as const satisfies Readonly<Record<string, Program>>;
export type ProgramName = keyof typeof PROGRAMS;

/** A server as a process of its own, with a folder of its own, on a core of its own. */
export class ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
    this.pid = child.pid ?? 0;
  }

  /** Resolves when it answers. Throws when it ends instead. */
  static async start(name: ProgramName, cores: Cores | undefined): Promise<ServerProcess> {
    const { file, environment }: Program = PROGRAMS[name];
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-bench-'));
    const node = [process.execPath, file];
    const [command = '', ...args] =
      cores === undefined ? node : ['taskset', '-c', String(cores.server), ...node];
    const child = spawn(command, args, {
      cwd: root,
      env: { PATH: process.env.PATH, PORT: String(port), ...environment(folder) },
      // Where its log goes must not cost it anything.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new ServerProcess(child, port, folder);
    while (!(await server.#answers())) {
      if (child.exitCode !== null) throw new Error(`${file} ended with code ${child.exitCode}`);
      await sleep(20);
    }
    return server;
  }

  /** The body of a page of it. */
  async page(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body: '{}' });
      return true;
    } catch {
      return false;
    }
  }
}
