import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

interface Running {
  readonly child: ChildProcess;
  /** The exit code, once it has ended; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** A program as a process of its own, to be killed, stopped, and started again. */
export class OwnProcess {
  readonly #words: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: WriteStream;
  #running: Running | undefined;

  /** `words` follow `node`; paths are those of this repository. */
  constructor(
    words: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    logFile: string,
  ) {
    this.#words = words;
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.#environment = { PATH, NODE_COMPILE_CACHE, ...environment };
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  protected spawn(): Running {
    const child = spawn(process.execPath, this.#words, {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    this.#running = { child, exited };
    return this.#running;
  }

  /** The page cache of the machine lives on: see the power cut test for what this does not show. */
  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.exited;
  }

  /** SIGSTOP and SIGCONT: it sleeps without knowing, and wakes in the middle of what it did. */
  freeze(): void {
    this.#running?.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#running?.child.kill('SIGCONT');
  }

  /** Of the running process; undefined before the first start. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Answers the exit code and how long it took to leave. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const startedAt = performance.now();
    this.#running?.child.kill('SIGTERM');
    const code = (await this.#running?.exited) ?? null;
    return { code, ms: Math.round(performance.now() - startedAt) };
  }
}

/**
 * Nobody listens there. It is below the ports that systems hand out by themselves, also to whoever calls somebody: so it
 * stays free until it is used, and while a program is down that is started again there.
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
