import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { type DevMessage, type PartMessage, parsePartMessage } from '../simulator/dev-channel.ts';
import type { Part } from './parts.ts';

export interface Running {
  /** Resolves to the reason when the process has ended. */
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Does nothing when it has ended. */
  send(message: DevMessage): void;
}

interface Start {
  /** The folder that paths are relative to. */
  readonly cwd: string;
  /** The whole environment of the process. */
  readonly environment: NodeJS.ProcessEnv;
  /** Gets each line of its output. */
  readonly onLine: (line: string) => void;
  /** Gets each message of it. */
  readonly onMessage?: (message: PartMessage) => void;
}

/** Loaded before the program, in this order. */
const PRELOADED = [
  new URL('./stop-with-parent.ts', import.meta.url),
  new URL('./move-clock.ts', import.meta.url),
].flatMap(({ href }) => ['--import', href]);
const PROBE_TIMEOUT_MS = 2_000;

/** Starts the part with our own Node binary. */
export function startPart(part: Part, { cwd, environment, onLine, onMessage }: Start): Running {
  const child = spawn(process.execPath, [...PRELOADED, part.program, ...part.args], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  readLines(child, onLine);
  child.on('message', (value) => {
    const message = parsePartMessage(value);
    if (message !== undefined) onMessage?.(message);
  });
  return {
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('close', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    }),
    kill: (signal) => void child.kill(signal),
    send(message) {
      // It may end meanwhile: the callback takes the error, which would be thrown otherwise.
      if (child.connected) child.send(message, () => {});
    },
  };
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
}

/** Resolves to true for a response of any status. The connection is closed: the part does not wait for it when it stops. */
export function responds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: 'localhost', port, agent: false, timeout: PROBE_TIMEOUT_MS };
    const request = get(options, (response) => {
      response.destroy();
      resolve(true);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
