import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onInterrupt } from '../interrupt.ts';

const root = join(import.meta.dirname, '..', '..');

interface Running {
  readonly child: ChildProcess;
  /** Resolves to the exit code; null when a signal ended the process. */
  readonly exited: Promise<number | null>;
}

/** A program as a process of its own that can be killed, stopped and started again. */
export class OwnProcess {
  readonly #args: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: WriteStream;
  #running: Running | undefined;

  /** `args` are the arguments of `node`; paths are relative to the root of the repository. */
  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    logFile: string,
  ) {
    this.#args = args;
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.#environment = { PATH, NODE_COMPILE_CACHE, ...environment };
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  protected spawn(): Running {
    const child = spawn(process.execPath, this.#args, {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    const takeBack = onInterrupt(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit').then(([code]) => {
      takeBack();
      return code as number | null;
    });
    this.#running = { child, exited };
    return this.#running;
  }

  /** SIGKILL. The page cache survives, so this does not show what a power cut does (test/engines/power-cut). */
  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.exited;
  }

  /** SIGSTOP: the process stops without noticing, and continues where it was after `resume`. */
  freeze(): void {
    this.#running?.child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#running?.child.kill('SIGCONT');
  }

  /** Undefined before the first start. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Sends SIGTERM. Resolves to the exit code and the time until the exit. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const startedAt = performance.now();
    this.#running?.child.kill('SIGTERM');
    const code = (await this.#running?.exited) ?? null;
    return { code, ms: Math.round(performance.now() - startedAt) };
  }
}

/**
 * Resolves to a port that no program listens on. It is below the ephemeral ports, which systems also give to outgoing
 * connections: so it stays free until it is used, and while a program that is restarted on it is down.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
