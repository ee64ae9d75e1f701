import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeServer {
  readonly url: string;
  readonly seen: Seen[];
  /** Connections opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A real server on a free port that responds as the test defines. */
export async function fakeServer(
  answer: (res: ServerResponse, request: Seen) => unknown,
): Promise<FakeServer> {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer(async (req, res) => {
    const request = {
      method: req.method ?? '',
      url: req.url ?? '',
      headers: req.headers,
      body: await text(req),
    };
    seen.push(request);
    await answer(res, request);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    connections: () => connections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
