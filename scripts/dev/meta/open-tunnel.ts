import { fileURLToPath } from 'node:url';
import { CommandError } from '../../errors.ts';
import type { Output } from '../output.ts';
import { type Running, startPart } from '../processes.ts';
import { findTunnel, installAdvice, publicUrlIn } from './tunnels.ts';

export interface OpenTunnel {
  /** Resolves to the public address. Rejects with `CommandError` when none is printed in time, or the program ends. */
  readonly url: Promise<string>;
  /** Resolves to the reason when it has ended. Never for a tunnel that somebody else runs. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

interface Options {
  readonly root: string;
  readonly output: Output;
  /** Of the app. */
  readonly port: number;
}

const PROCESS = fileURLToPath(new URL('./tunnel-process.ts', import.meta.url));
const MAX_START_MS = 60_000;
/** The address is printed at the start. */
const MAX_PRINTED = 100_000;

/** A tunnel that runs already, at this address. */
export function runningTunnel(url: string): OpenTunnel {
  return { url: Promise.resolve(url), ended: new Promise(() => {}), close: async () => {} };
}

/** Starts the first tunnel that is installed. Throws `CommandError` with the commands when there is none. */
export function startTunnel({ root, output, port }: Options): OpenTunnel {
  const found = findTunnel(process.env);
  if (found === undefined) throw new CommandError(installAdvice(port));
  const { tunnel, path } = found;
  const { name } = tunnel;
  const url = Promise.withResolvers<string>();
  let printed = '';
  const running: Running = startPart(
    { name: 'tunnel', port, flag: '', program: PROCESS, args: [path, ...tunnel.args(port)], environment: {} },
    {
      cwd: root,
      environment: process.env,
      onLine(line) {
        output.line('tunnel', line);
        if (printed.length < MAX_PRINTED) printed += `${line}\n`;
        const address = publicUrlIn(tunnel, printed);
        if (address !== undefined) url.resolve(address);
      },
    },
  );
  const ended = running.ended.then(async (reason) => {
    // A Ctrl-C in the terminal reaches the tunnel too: ours may be handled after its end.
    await new Promise(setImmediate);
    return `The tunnel (${name}) ${reason}`;
  });
  const slow = setTimeout(
    () => url.reject(new CommandError(`${name} printed no public address within ${MAX_START_MS / 1000} s.`)),
    MAX_START_MS,
  );
  void ended.then((reason) => url.reject(new CommandError(`${reason} before it had a public address.`)));
  void url.promise.catch(() => {}).finally(() => clearTimeout(slow));
  return {
    url: url.promise,
    ended,
    async close() {
      running.kill('SIGTERM');
      await ended;
    },
  };
}
