/** Other programs as child processes. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Interrupted, Plain } from '../../../scripts/command.ts';
import { forwardSignals } from './signals.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shows what the program prints while it runs. */
  readonly show?: boolean;
  /** Asks the program to end after this time; it then ends with 1, or with its own code. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end. Throws `Plain` when it is not installed, and `Interrupted` when a signal stopped it: the signal
 * is forwarded, and the program is waited for.
 */
export function runTool(name: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(name, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // In a group of its own, so that the terminal does not stop it behind our back. Windows would open a window for it.
    detached: process.platform !== 'win32',
    timeout: options.timeoutMs,
  });
  const signals = forwardSignals(name, child);
  // A program may end without having read what it was given: its exit code says whether it needed that.
  child.stdin?.on('error', () => {}).end(options.input);
  let stdout = '';
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
    if (options.show) process.stdout.write(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (options.show) process.stderr.write(text);
  });
  return new Promise((done, fail) => {
    child.on('error', (error) => {
      signals.end();
      // Node says the same of a program and of a folder that is not there.
      const missing = 'code' in error && error.code === 'ENOENT' && existsSync(options.cwd ?? '.');
      fail(missing ? new Plain(`${name} is not on PATH`) : error);
    });
    child.on('close', (code) => {
      signals.end();
      if (signals.came()) fail(new Interrupted(`${name} was stopped.`));
      else done({ code: code ?? 1, stdout, output });
    });
  });
}

/** Runs a program that has to succeed. Resolves to its standard output. Throws `Plain`. */
export async function mustRun(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, output } = await runTool(name, args, options);
  if (code !== 0) {
    const printed = options.show ? '' : `\n${output.trim()}`;
    throw new Plain(`${name} ${args.slice(0, 2).join(' ')} ended with ${code}${printed}`);
  }
  return stdout.trim();
}

/** Resolves to true when a program can be started and succeeds with this argument. */
export async function hasTool(name: string, versionArgument = '--version'): Promise<boolean> {
  try {
    return (await runTool(name, [versionArgument])).code === 0;
  } catch (error) {
    if (error instanceof Plain) return false;
    throw error;
  }
}
