/** Other programs as child processes. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CommandError, Interrupted } from '../../../scripts/command.ts';
import { forwardSignals } from './signals.ts';

export interface ToolResult {
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
  /** Terminates the program after this time; its exit code is then 1, or its own. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end. Throws `CommandError` when it is not installed, and `Interrupted` after a signal, which is
 * forwarded; the program ends first.
 */
export function runTool(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ToolResult> {
  const child = spawn(name, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // In a process group of its own, so that the terminal sends it no signal. Windows would open a window for it.
    detached: process.platform !== 'win32',
    timeout: options.timeoutMs,
  });
  const signals = forwardSignals(name, child);
  // A program may end before it has read its input; its exit code shows whether that is an error.
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
      signals.restore();
      // Node has the same error for a missing program and a missing folder.
      const missing = 'code' in error && error.code === 'ENOENT' && existsSync(options.cwd ?? '.');
      fail(missing ? new CommandError(`${name} is not on PATH`) : error);
    });
    child.on('close', (code) => {
      signals.restore();
      if (signals.wasReceived()) fail(new Interrupted(`${name} was stopped.`));
      else done({ code: code ?? 1, stdout, output });
    });
  });
}

/** Runs a program that has to succeed. Resolves to its standard output. Throws `CommandError`. */
export async function mustRun(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, output } = await runTool(name, args, options);
  if (code !== 0) {
    const printed = options.show ? '' : `\n${output.trim()}`;
    throw new CommandError(`${name} ${args.slice(0, 2).join(' ')} ended with ${code}${printed}`);
  }
  return stdout.trim();
}

/** Resolves to true when a program can be started and succeeds with this argument. */
export async function hasTool(name: string, versionArgument = '--version'): Promise<boolean> {
  try {
    return (await runTool(name, [versionArgument])).code === 0;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
