import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..', '..');

/** The webhook app as a process of its own, to be killed and started again on the same port. */
export class AppProcess {
  readonly url: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #exited: Promise<number | null> = Promise.resolve(null);

  constructor(port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = { PATH: process.env.PATH, ...environment, PORT: String(port) };
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  /** Resolves when it answers. Throws when it ends instead. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['app/server.ts'], {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    this.#child = child;
    this.#exited = once(child, 'exit').then(([code]) => code as number | null);
    for (;;) {
      if (await answers(this.url)) return;
      if (child.exitCode !== null) throw new Error(`the app ended with code ${child.exitCode}; see its log`);
      await sleep(20);
    }
  }

  /** The page cache of the machine lives on: see the power cut test for what this does not show. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGSTOP and SIGCONT: it sleeps without knowing, and wakes in the middle of what it did. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Of the running process; undefined before the first start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Answers the exit code and how long it took to leave. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const startedAt = performance.now();
    this.#child?.kill('SIGTERM');
    const code = await this.#exited;
    return { code, ms: Math.round(performance.now() - startedAt) };
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
