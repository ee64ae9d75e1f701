import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bareEnvironment } from './bare-environment.ts';

const root = join(import.meta.dirname, '..', '..');

export interface RunningApp {
  readonly url: string;
  /** Everything printed until now. */
  output(): string;
  close(): Promise<unknown>;
}

/** Starts the web service as its own process, with the memory store. */
export async function startApp(environment: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const child = spawn(process.execPath, ['app/server.ts'], {
    cwd: root,
    env: { ...bareEnvironment(), STORE: 'memory', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A pipe is searched for canaries (test/canaries), what a child inherits is not.
  child.stderr.pipe(process.stderr, { end: false });
  const closed = once(child, 'close');
  let output = '';
  const url = await new Promise<string>((listening, failed) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /"event":"listening","url":"([^"]+)"/.exec(output)?.[1];
      if (found !== undefined) listening(found);
    });
    void closed.then(() => failed(new Error(`ended before it listened: ${output}`)));
  });
  return {
    url,
    output: () => output,
    close() {
      child.kill();
      return closed;
    },
  };
}
