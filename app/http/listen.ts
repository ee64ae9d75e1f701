import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Log } from '../log.ts';
import { listenErrorMessage } from './listen-error.ts';

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Default: every address of this machine. */
  readonly host?: string | undefined;
  /** The variable of the port, for messages. Default: `PORT`. */
  readonly portSetting?: string;
  /** `close` aborts it first. */
  readonly leaving: AbortController;
  /** After this time `close` cuts the remaining connections. */
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
  /** How often the first two limits are checked. */
  readonly checkIntervalMs: number;
  /** How long idle connections are kept during shutdown. */
  readonly leavingIdleMs: number;
}

export interface Listening {
  /** Its URL on this machine, such as `http://127.0.0.1:8001`. */
  readonly url: string;
  /** The bound address, as the socket reports it: `127.0.0.1:8001`; `[::]:8001` is every address of this machine. */
  readonly address: string;
  /**
   * Stops accepting connections, responds to the requests in flight, and resolves when every connection has ended, at the
   * latest after the deadline. Idempotent: returns the same promise.
   */
  close(): Promise<void>;
}

/**
 * Idle connections are kept longer than by a load balancer (60 s at AWS), so that this server never closes one that the
 * load balancer is about to use.
 */
const LIMITS: Limits = {
  headersMs: 10_000,
  requestMs: 15_000,
  idleMs: 65_000,
  checkIntervalMs: 1_000,
  leavingIdleMs: 1_000,
};

const SWEEP_INTERVAL_MS = 50;

/** Rejects with one sentence that says what to do when the port cannot be bound. */
export async function listen(
  app: { callback(): RequestListener },
  options: ListenOptions,
): Promise<Listening> {
  const { headersMs, requestMs, idleMs, checkIntervalMs, leavingIdleMs } = { ...LIMITS, ...options.limits };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: checkIntervalMs,
    },
    app.callback(),
  );
  const open = trackConnections(server, options.leaving.signal);
  await bind(server, options);
  // For example out of file descriptors: waiting connections are accepted when some are free again.
  server.on('error', (error) => options.log.error('a connection could not be accepted', { error }));

  let closed: Promise<void> | undefined;
  return {
    ...addressesOf(server),
    close() {
      options.leaving.abort();
      closed ??= drain(server, open, leavingIdleMs, options.deadlineMs);
      return closed;
    },
  };
}

/** Each open connection with its latest response. */
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

function bind(server: Server, { port, host, portSetting = 'PORT' }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const problem =
        listenErrorMessage(error, { port: portSetting, host: 'HOST' }) ??
        `Cannot listen on port ${port}: ${error.message}.`;
      reject(new Error(problem, { cause: error }));
    };
    server.once('error', fail);
    server.listen({ port, host }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

const UNSPECIFIED_ADDRESSES = ['::', '0.0.0.0'];

function addressesOf(server: Server): Pick<Listening, 'url' | 'address'> {
  const bound: AddressInfo | string | null = server.address();
  const { address, port } = bound !== null && typeof bound === 'object' ? bound : { address: '', port: 0 };
  const at = (host: string) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const reachable = UNSPECIFIED_ADDRESSES.includes(address) ? '127.0.0.1' : address;
  return { url: `http://${at(reachable)}`, address: at(address) };
}

/**
 * An idle connection may have a request in flight, which closing the connection would reset. So idle connections stay open
 * for `idleMs`, and a request on one of them gets its response, the connection's last. The `close` of an HTTP server does
 * not do this: it closes idle connections at once.
 */
function drain(server: Server, open: Connections, idleMs: number, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    for (const response of open.values()) makeLast(response);
    let sweep: NodeJS.Timeout | undefined;
    const closeIdle = () => {
      server.closeIdleConnections();
      closeUnused(open);
    };
    const patience = setTimeout(() => {
      stopAccepting();
      // Repeatedly: a response in flight leaves its connection idle. In the check phase, after the sockets were read: a
      // connection whose request has arrived is then no longer idle.
      sweep = setInterval(() => setImmediate(closeIdle), SWEEP_INTERVAL_MS);
    }, idleMs);
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    const stopAccepting = () => {
      if (!server.listening) return;
      NetServer.prototype.close.call(server, () => {
        for (const timer of [patience, sweep, deadline]) clearTimeout(timer);
        resolve();
      });
    };
    onceBacklogIsEmpty(server, stopAccepting);
  });
}

/**
 * Connections in the kernel's accept backlog would be reset when the listening socket closes. The backlog is empty when a
 * whole iteration of the event loop brought no connection: libuv accepts one in each.
 */
function onceBacklogIsEmpty(server: Server, act: () => void): void {
  let accepted = true;
  const onConnection = () => {
    accepted = true;
  };
  server.on('connection', onConnection);
  const check = () => {
    if (accepted) {
      accepted = false;
      setImmediate(check);
    } else {
      server.off('connection', onConnection);
      act();
    }
  };
  setImmediate(check);
}

function makeLast(response: ServerResponse | undefined): void {
  if (response !== undefined && !response.headersSent) response.setHeader('Connection', 'close');
}

/** Browsers and load balancers open connections before they need them; Node does not count those as idle. */
function closeUnused(open: Connections): void {
  for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
}
