import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { bareEnvironment } from './bare-environment.ts';

const root = join(import.meta.dirname, '..', '..');
const running = new Set<ChildProcess>();

/** Ends what still runs: after each test, by test/clean-up.ts. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface Program {
  readonly child: ChildProcess;
  /** The output of both streams so far. */
  readonly output: () => string;
  /** Resolves when the output contains this text. Rejects when the program ends without it. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/**
 * Runs one of our programs as its own process with only the given environment, by default in the folder of the project.
 */
export function runProgram(
  file: string,
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  cwd: string = root,
  /** Its standard input. Default: none. */
  input?: string,
): Program {
  const child = spawn(process.execPath, [resolve(root, file), ...args], {
    cwd,
    env: { ...bareEnvironment(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A program that ends without reading it closes the pipe.
  child.stdin.on('error', () => undefined).end(input);
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, output };
  });
  return {
    child,
    output: () => output,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const check = () => output.includes(text) && resolve();
        check();
        child.stdout.on('data', check);
        child.stderr.on('data', check);
        void ended.then(() =>
          output.includes(text) ? resolve() : reject(new Error(`ended without "${text}": ${output}`)),
        );
      }),
  };
}
