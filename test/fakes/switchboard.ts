import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Switchboard {
  readonly url: string;
  /** New connections go to this port of this machine; open ones stay where they are. */
  to(port: number): void;
  /** Ends the connections that are open, as a load balancer does whose target has stopped to answer. */
  hangUp(): void;
  /** Passes nothing on any more over the connections that are open. */
  hold(): void;
}

/** What a load balancer does while a new version takes over, without reading what passes through. */
export async function startSwitchboard(): Promise<Switchboard> {
  const open = new Set<Socket>();
  let target = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
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
    to(port) {
      target = port;
    },
    hangUp() {
      for (const socket of open) socket.destroy();
    },
    hold() {
      for (const socket of open) socket.pause();
    },
  };
}
