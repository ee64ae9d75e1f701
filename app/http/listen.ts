import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Log } from '../log.ts';
import { listenErrorMessage } from './listen-error.ts';

export interface ListenOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Without one: every address of this machine. */
  readonly host?: string | undefined;
  /** Aborted by `close`, before anything else. */
  readonly leaving: AbortController;
  /** After this long `close` cuts the connections that are left. */
  readonly deadlineMs: number;
  readonly limits?: Partial<Limits>;
  readonly log: Log;
}

export interface Limits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestMs: number;
  /** How long an idle connection is kept. */
  readonly idleMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
  /** How long idle connections are kept once we are leaving. */
  readonly leavingIdleMs: number;
}

export interface Listening {
  /** Where this machine reaches it, such as `http://127.0.0.1:8001`. */
  readonly url: string;
  /** What it is bound to, as the socket reports it: `127.0.0.1:8001`; `[::]:8001` is every address of this machine. */
  readonly address: string;
  /**
   * Stops accepting, answers what is in flight, and resolves when every connection has ended, at the latest after the
   * deadline. The second time answers the first one's promise.
   */
  close(): Promise<void>;
}

/**
 * Idle connections outlive those of a load balancer (60 s at AWS), so that it is never us who closes one that it is
 * about to use.
 */
const LIMITS: Limits = {
  headersMs: 10_000,
  requestMs: 15_000,
  idleMs: 65_000,
  checkEveryMs: 1_000,
  leavingIdleMs: 1_000,
};

const SWEEP_EVERY_MS = 50;

/** Rejects with one sentence that says what to do when the port cannot be had. */
export async function listen(
  app: { callback(): RequestListener },
  options: ListenOptions,
): Promise<Listening> {
  const { headersMs, requestMs, idleMs, checkEveryMs, leavingIdleMs } = { ...LIMITS, ...options.limits };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: checkEveryMs,
    },
    app.callback(),
  );
  const open = trackConnections(server, options.leaving.signal);
  await bind(server, options);
  // Out of file descriptors, for one: who waits in line is accepted when some are free again.
  server.on('error', (error) => options.log.error('a connection could not be accepted', { error }));

  let closed: Promise<void> | undefined;
  return {
    ...whereIs(server),
    close() {
      options.leaving.abort();
      closed ??= drain(server, open, leavingIdleMs, options.deadlineMs);
      return closed;
    },
  };
}

/** Each open connection with its latest answer. */
type Connections = ReadonlyMap<Socket, ServerResponse | undefined>;

function trackConnections(server: Server, leaving: AbortSignal): Connections {
  const open = new Map<Socket, ServerResponse | undefined>();
  server.on('connection', (socket) => {
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', (request, response) => {
    if (open.has(request.socket)) open.set(request.socket, response);
    if (leaving.aborted) response.setHeader('Connection', 'close');
  });
  return open;
}

const SETTINGS = { port: 'PORT', host: 'HOST' };

function bind(server: Server, { port, host }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const problem =
        listenErrorMessage(error, SETTINGS) ?? `Port ${port} cannot be listened on: ${error.message}.`;
      reject(new Error(problem, { cause: error }));
    };
    server.once('error', fail);
    server.listen({ port, host }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

const EVERY_ADDRESS = ['::', '0.0.0.0'];

function whereIs(server: Server): Pick<Listening, 'url' | 'address'> {
  const bound: AddressInfo | string | null = server.address();
  const { address, port } = bound !== null && typeof bound === 'object' ? bound : { address: '', port: 0 };
  const at = (host: string) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const reachable = EVERY_ADDRESS.includes(address) ? '127.0.0.1' : address;
  return { url: `http://${at(reachable)}`, address: at(address) };
}

/**
 * A connection that was idle a moment ago may have a request on its way, which closing it would reset: it stays a little
 * longer, and what comes on it gets its answer, the connection's last. Hence not the `close` of an HTTP server, which
 * closes idle connections at once.
 */
function drain(server: Server, open: Connections, idleMs: number, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    for (const response of open.values()) makeLast(response);
    let sweep: NodeJS.Timeout | undefined;
    const closeIdle = () => {
      server.closeIdleConnections();
      closeSilent(open);
    };
    const patience = setTimeout(() => {
      takeNoMore();
      // Again and again: an answer that was on its way leaves its connection idle. After the sockets have been read:
      // what has arrived already is then no longer idle.
      sweep = setInterval(() => setImmediate(closeIdle), SWEEP_EVERY_MS);
    }, idleMs);
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    const takeNoMore = () => {
      if (!server.listening) return;
      NetServer.prototype.close.call(server, () => {
        for (const timer of [patience, sweep, deadline]) clearTimeout(timer);
        resolve();
      });
    };
    onceNobodyWaits(server, takeNoMore);
  });
}

/**
 * Who has called while we were busy waits in the system's line, and would be reset with it. The line is empty when a
 * whole round of the event loop has brought nobody: libuv lets in one caller in each.
 */
function onceNobodyWaits(server: Server, act: () => void): void {
  let came = true;
  const letIn = () => {
    came = true;
  };
  server.on('connection', letIn);
  const round = () => {
    if (came) {
      came = false;
      setImmediate(round);
    } else {
      server.off('connection', letIn);
      act();
    }
  };
  setImmediate(round);
}

function makeLast(response: ServerResponse | undefined): void {
  if (response !== undefined && !response.headersSent) response.setHeader('Connection', 'close');
}

/** Browsers and load balancers open connections ahead of use; Node does not count those as idle. */
function closeSilent(open: Connections): void {
  for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
}
