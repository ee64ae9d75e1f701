/**
 * Shows other processes of this machine that this one still runs. An id of a process does not: after a restart of the machine
 * another program has it, and the app may be down while an error is repaired.
 */
import { connect, createServer } from 'node:net';
import { listenOnLoopback } from '../../loopback-server.ts';

const MAX_WAIT_MS = 2_000;

export interface Presence {
  readonly port: number;
  close(): void;
}

/** Resolves when a port of this machine says the id of this process, until `close` or the end of the process. */
export async function showPresence(): Promise<Presence> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(String(process.pid));
  });
  return { port: await listenOnLoopback(server.unref()), close: () => void server.close() };
}

/** Resolves to true while the process with this id shows itself at this port. */
export function isPresent({ pid, port }: { readonly pid: number; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: MAX_WAIT_MS });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
      // Another program may listen there, which sends as much as it likes.
      if (text.length > 100) socket.destroy();
    });
    socket.once('timeout', () => socket.destroy());
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(text === String(pid)));
  });
}
