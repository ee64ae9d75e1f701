import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './loopback-server.ts';

/** A TCP proxy on a port of this machine, for servers that go away, come back or are replaced. */
export interface TcpProxy {
  readonly port: number;
  /** Forwards new connections to this port; open ones stay. Default: of this machine. */
  forwardTo(port: number, host?: string): void;
  /** Closes the open connections, as a load balancer does when its target does not respond. */
  closeConnections(): void;
  /** Forwards nothing more over the open connections. */
  hold(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let target = { port: 0, host: '127.0.0.1' };
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
  });
  const port = await listenOnLoopback(server);

  function closeConnections(): void {
    for (const socket of open) socket.destroy();
  }

  return {
    port,
    forwardTo(port, host = '127.0.0.1') {
      target = { port, host };
    },
    closeConnections,
    hold() {
      for (const socket of open) socket.pause();
    },
    async close() {
      server.close();
      closeConnections();
      await once(server, 'close');
    },
  };
}
