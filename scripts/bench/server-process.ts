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

export interface Program {
  /** Default: this Node. */
  readonly command?: string;
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

const running = new Set<ServerProcess>();

/**
 * Kills every server and removes its folder, when the benchmark is interrupted. Waits for nothing: a load whose server is
 * gone would fail first.
 */
export function endAllServers(): void {
  for (const server of running) server.endNow();
}

/** A server as a process with its own folder and its own core. */
export class ServerProcess {
  readonly port: number;
  readonly #spawn: () => ChildProcess;
  readonly #folder: string;
  #child: ChildProcess;

  private constructor(spawnChild: () => ChildProcess, port: number, folder: string) {
    this.#spawn = spawnChild;
    this.#child = spawnChild();
    this.#folder = folder;
    this.port = port;
    running.add(this);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the server responds. Throws when the process exits first. `settings` replace those of the program. */
  static async start(
    name: ProgramName | Program,
    cores: Cores | undefined,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const { file, environment, command: program }: Program = typeof name === 'string' ? PROGRAMS[name] : name;
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-bench-'));
    const node = [program ?? process.execPath, file];
    const [command = '', ...args] =
      cores === undefined ? node : ['taskset', '-c', String(cores.server), ...node];
    const spawnChild = () =>
      spawn(command, args, {
        cwd: root,
        env: { PATH: process.env.PATH, PORT: String(port), ...environment(folder), ...settings },
        // Writing the log must not cost CPU time of the server.
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    const server = new ServerProcess(spawnChild, port, folder);
    await server.#ready(file);
    return server;
  }

  /** Sends SIGKILL and starts the program again, on the same port and folder. Resolves when it responds. */
  async killAndRestart(): Promise<void> {
    await this.#kill();
    this.#child = this.#spawn();
    await this.#ready('the killed program');
  }

  /** Resolves to the body of a GET. */
  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }

  endNow(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    running.delete(this);
    await this.#kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #ready(file: string): Promise<void> {
    while (!(await this.#responds())) {
      if (this.#child.exitCode !== null) throw new Error(`${file} exited with code ${this.#child.exitCode}`);
      await sleep(20);
    }
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
