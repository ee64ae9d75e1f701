import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bareEnvironment } from '../../fakes/bare-environment.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

const PROGRAM = fileURLToPath(new URL('../../fakes/dev.ts', import.meta.url));

interface Dev {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly ports: readonly [number, number, number];
  output(): string;
  /** Resolves when the output has it. */
  says(what: RegExp): Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

interface Options {
  readonly ports?: readonly [number, number, number];
  /** The folder with `app/`, `data/` and `.env`. */
  readonly folder?: string;
  readonly program?: string;
  /** Added to the environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Of Node, before the program. */
  readonly nodeFlags?: readonly string[];
}

/** Starts `npm run dev` in a folder of its own, by default with stand-ins for backend and app. */
export async function startDev(
  more: readonly string[] = [],
  { ports, folder = temporaryFolder(), program = PROGRAM, variables = {}, nodeFlags = [] }: Options = {},
): Promise<Dev> {
  mkdirSync(join(folder, 'app'), { recursive: true });
  const [backend, app, simulator] = ports ?? [await freePort(), await freePort(), await freePort()];
  const flags = [`--backend-port=${backend}`, `--app-port=${app}`, `--simulator-port=${simulator}`];
  const child = spawn(process.execPath, [...nodeFlags, program, ...flags, ...more], {
    cwd: folder,
    env: { ...bareEnvironment(), ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    folder,
    child,
    ports: [backend, app, simulator],
    output: () => output,
    async says(what) {
      const stopped = ended.then((end) => {
        if (!what.test(output)) throw new Error(`ended with ${end}: ${output}`);
      });
      while (!what.test(output)) await Promise.race([once(child.stdout, 'data'), stopped]);
    },
    ended,
  };
}

const used = new Set<number>();

/** Returns a port below the ephemeral ports, so that no other program gets it before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (used.has(port)) continue;
    used.add(port);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
