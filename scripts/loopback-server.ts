/** Servers of this process, which this machine alone can reach. */
import { once } from 'node:events';
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Server } from 'node:net';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Returns a server that cuts the connection when `handle` rejects, as for a client that was killed in its request. */
export function createLoopbackServer(handle: Handle): HttpServer {
  return createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
}

/** Resolves to the port once the server listens; 0: any free one. Rejects with Node's error. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Cuts the connections. Resolves when the server has closed. */
export async function closeAtOnce(server: HttpServer): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
