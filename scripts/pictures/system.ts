import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../errors.ts';

const PROGRAM = fileURLToPath(new URL('../dev/in-current-folder.ts', import.meta.url));

/** A system of its own, with nothing in its chats. */
export interface PictureSystem {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `npm run dev` on free ports in a folder of its own. Rejects with `CommandError` and its output when it ends. */
export async function startPictureSystem(): Promise<PictureSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  mkdirSync(join(folder, 'app'));
  const [backend, app, simulator] = await freePorts(3);
  const flags = [`--backend-port=${backend}`, `--app-port=${app}`, `--simulator-port=${simulator}`];
  const { PATH, NODE_COMPILE_CACHE, TZ } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...flags], {
    cwd: folder,
    // Not the variables of the shell: they might lead to a real number.
    env: { PATH, NODE_COMPILE_CACHE, TZ },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  const responded = new Promise<'up'>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Everything is running')) resolve('up');
      });
  });
  const isUp = (await Promise.race([responded, ended])) === 'up';
  if (!isUp) throw new CommandError(`The system for the pictures ended:\n${output}`);
  return {
    url: `http://localhost:${simulator}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      server.close();
      await once(server, 'close');
      if (typeof address !== 'object' || address === null) throw new Error('no port');
      return address.port;
    }),
  );
}
