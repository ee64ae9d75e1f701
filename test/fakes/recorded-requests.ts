import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';

export interface RecordedRequests<Taken> {
  readonly taken: readonly Taken[];
  /** Resolves when so many requests satisfy the condition. */
  until(count: number, what: (request: Taken) => boolean): Promise<readonly Taken[]>;
}

/** The requests that a server got, in order. `take` adds one. */
export function recordedRequests<Taken>(): RecordedRequests<Taken> & { take(request: Taken): void } {
  const taken: Taken[] = [];
  const events = new EventEmitter<{ taken: [] }>();
  return {
    taken,
    take(request) {
      taken.push(request);
      events.emit('taken');
    },
    async until(count, what) {
      for (;;) {
        const found = taken.filter(what);
        if (found.length >= count) return found;
        await once(events, 'taken');
      }
    },
  };
}

/** Listens on this machine only. Resolves to the port; 0 takes a free one. */
export async function listenLocally(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Stops the server, with its open connections. */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
