import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Clock } from '../ports/clock.ts';
import { createApi } from './api.ts';
import type { Faults } from './faults.ts';
import { openMemory, UNREACHABLE_MEMORY } from './memory.ts';
import type { Replies } from './replies.ts';

export interface BackendOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  readonly apiKeys: readonly string[];
  readonly databasePath: string;
  readonly replies: Replies;
  /** See `RouteOptions`. */
  readonly cutsAnswers?: boolean;
  /** Behaves as ansari-backend does with an unreachable MongoDB. */
  readonly databaseIsDown?: boolean;
  /** Numbers of web users: they exist, and have no WhatsApp user until they are registered. */
  readonly webUsers?: readonly string[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly faults?: Faults;
  /** Called with internal errors. */
  readonly report?: (what: string, error: unknown) => void;
}

export interface Backend {
  /** `http://127.0.0.1:8000` */
  readonly url: string;
  /** Cuts the open responses, then closes the file. Idempotent. */
  close(): Promise<void>;
}

/** Resolves when it listens; rejects with Node's error (`EADDRINUSE`) otherwise. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { host = '127.0.0.1', clock, newId, report = () => {} } = options;
  const memory = options.databaseIsDown
    ? UNREACHABLE_MEMORY
    : openMemory({ path: options.databasePath, clock, newId });
  for (const phone of options.webUsers ?? []) {
    if (!memory.exists(phone)) memory.register(phone, 'en', 'web');
  }
  const api = createApi({
    apiKeys: options.apiKeys,
    memory,
    replies: options.replies,
    cutsAnswers: options.cutsAnswers ?? false,
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
