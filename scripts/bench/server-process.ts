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

/** The bundle as it is deployed, with all variables that production requires. It calls no other service. */
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

/** No turn begins within the time of a round, so that only the acceptance is measured. */
const NO_TURNS = { BATCH_WINDOW_SECONDS: '900' };

const PROGRAMS = {
  bare: { file: 'scripts/bench/servers/bare.ts', environment: () => ({}) },
  sqlite: app({ STORE: 'sqlite', ...NO_TURNS }),
  memory: app({ STORE: 'memory', ...NO_TURNS }),
  log: {
    file: 'scripts/bench/servers/log.ts',
    environment: (folder) => ({ LOG_FILE: join(folder, 'bench.log') }),
  },
  /** As `sqlite`, but the echo answers every message immediately. Replies are recorded, not sent. */
  turns: app({ STORE: 'sqlite', BATCH_WINDOW_SECONDS: '0' }),
} as const satisfies Readonly<Record<string, Program>>;
export type ProgramName = keyof typeof PROGRAMS;

/** A server as a process with its own folder and its own core. */
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

  /** Resolves when the server responds. Throws when the process exits first. `settings` replace those of the program. */
  static async start(
    name: ProgramName,
    cores: Cores | undefined,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const { file, environment }: Program = PROGRAMS[name];
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-bench-'));
    const node = [process.execPath, file];
    const [command = '', ...args] =
      cores === undefined ? node : ['taskset', '-c', String(cores.server), ...node];
    const child = spawn(command, args, {
      cwd: root,
      env: { PATH: process.env.PATH, PORT: String(port), ...environment(folder), ...settings },
      // Writing the log must not cost CPU time of the server.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new ServerProcess(child, port, folder);
    while (!(await server.#responds())) {
      if (child.exitCode !== null) throw new Error(`${file} exited with code ${child.exitCode}`);
      await sleep(20);
    }
    return server;
  }

  /** Resolves to the body of a GET. */
  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #responds(): Promise<boolean> {
    try {
      await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body: '{}' });
      return true;
    } catch {
      return false;
    }
  }
}
