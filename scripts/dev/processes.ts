import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import type { Part } from './parts.ts';

export interface Running {
  /** Resolves to the reason when the process has ended. */
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_WITH_PARENT = new URL('./stop-with-parent.ts', import.meta.url).href;
const COLOURS = { backend: 'magenta', app: 'cyan', simulator: 'green' } as const;

/** Starts the part with our own Node binary, and prints its output line by line with its name in front. */
export function startPart(part: Part): Running {
  const child = spawn(process.execPath, ['--import', STOP_WITH_PARENT, part.program, ...part.args], {
    cwd: ROOT,
    env: { ...process.env, ...part.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  printLines(child, part.name);
  return {
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('close', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    }),
    kill: (signal) => void child.kill(signal),
  };
}

function printLines(child: ChildProcess, name: string): void {
  const colour = Object.entries(COLOURS).find(([part]) => part === name)?.[1] ?? 'white';
  const prefix = styleText(colour, `${name.padEnd(9)} |`);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => console.log(`${prefix} ${line}`));
  }
}
