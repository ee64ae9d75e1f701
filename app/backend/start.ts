import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Clock } from '../ports.ts';
import { createApi } from './api.ts';
import type { Faults } from './faults.ts';
import { openMemory } from './memory.ts';
import type { Replies } from './replies.ts';

export interface BackendOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  readonly apiKeys: readonly string[];
  readonly databasePath: string;
  readonly replies: Replies;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly faults?: Faults;
  /** Told of what went wrong inside; silent when absent. */
  readonly report?: (what: string, error: unknown) => void;
}

export interface Backend {
  /** `http://127.0.0.1:8000` */
  readonly url: string;
  /** Cuts what is being written, then closes the file. The second time does nothing more. */
  close(): Promise<void>;
}

/** Resolves when it listens; rejects with Node's error (`EADDRINUSE`) when it cannot. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { host = '127.0.0.1', clock, newId, report = () => {} } = options;
  const memory = openMemory({ path: options.databasePath, clock, newId });
  const api = createApi({
    apiKeys: options.apiKeys,
    memory,
    replies: options.replies,
    clock,
    report,
    ...(options.faults && { faults: options.faults }),
  });
  const server = createServer(api.callback());
  server.listen(options.port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    memory.close();
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    const ended = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await ended;
    memory.close();
  }
  return {
    url: `http://${host}:${port}`,
    close() {
      closed ??= close();
      return closed;
    },
  };
}
