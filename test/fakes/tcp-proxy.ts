import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  readonly url: string;
  /** Forwards new connections to this port of this machine; open ones stay. */
  forwardTo(port: number): void;
  /** Closes the open connections, as a load balancer does when its target does not respond. */
  closeConnections(): void;
  /** Forwards nothing more over the open connections. */
  hold(): void;
}

/** A TCP proxy that switches to a new target like a load balancer during a deployment. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let target = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  onTestFinished(async () => {
    server.close();
    for (const socket of open) socket.destroy();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${address.port}`,
    forwardTo(port) {
      target = port;
    },
    closeConnections() {
      for (const socket of open) socket.destroy();
    },
    hold() {
      for (const socket of open) socket.pause();
    },
  };
}
