/** The composition root of the web service, and with QUEUE=inline of the worker in its process. Only this file and `compose/` know every adapter. */
import type Koa from 'koa';
import { systemClock as clock } from './clock.ts';
import { businessesFor, numbersVariable, rulesFor, webhooksFor } from './compose/adapters.ts';
import { handOffsFor } from './compose/hand-offs.ts';
import { composeInlineWorker } from './compose/inline-worker.ts';
import { NO_CACHE } from './compose/no-cache.ts';
import { NotAvailable } from './compose/not-available.ts';
import { configuredStore } from './compose/store.ts';
import { tracingFor } from './compose/tracing.ts';
import type { Config } from './config.ts';
import { acceptDelivery } from './conversation/accept.ts';
import { createHttpApp } from './http/app.ts';
import { listen } from './http/listen.ts';
import { createLog, createPersonHasher, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createReport } from './reporting/report.ts';
import { traceInbox } from './tracing/trace-inbox.ts';
import { traceWakeUps } from './tracing/trace-queue.ts';

/** Below the 10 seconds between SIGTERM and SIGKILL; connections that are still open then are cut. */
const DEADLINE_MS = 8_000;
/** How long only the HTTP server drains before the turns are stopped too: a slow peer must not use up the time. */
const DRAIN_FIRST_MS = 2_000;

export interface Server {
  readonly url: string;
  /** Accepts no more deliveries, finishes or releases running turns, and closes everything. Idempotent. */
  close(): Promise<void>;
}

/** Starts the service in this process. Throws `NotAvailable`, `UnusableDatabase`, or an error for an unusable port. */
export async function startServer(config: Config, version: string): Promise<Server> {
  const log = createLog({ level: config.logLevel, now: clock.now });
  const { app, leaving, stopWorking, release } = await composeServer(config, { log, version });
  const { port, host } = config;
  const listening = await listen(app, { port, host, leaving, deadlineMs: DEADLINE_MS, log }).catch(
    async (error: unknown) => {
      await stopWorking();
      await release();
      throw error;
    },
  );
  const { url, address } = listening;
  // At any log level: App Runner creates a log group with the first line, and an operator finds each start in it.
  const startLog = createLog({ level: 'info', now: clock.now });
  startLog.info('listening', { url, address, version, ...adapterNames(config) });

  let closed: Promise<void> | undefined;
  return {
    url,
    close() {
      closed ??= shutDown();
      return closed;
    },
  };

  async function shutDown(): Promise<void> {
    const drained = listening.close();
    await Promise.race([drained, clock.sleep(DRAIN_FIRST_MS)]);
    // Messages that are stored from here on are for the next process.
    await Promise.all([drained, stopWorking()]);
    await release();
  }
}

interface ComposedServer {
  readonly app: Koa;
  /** Aborted first at shutdown. */
  readonly leaving: AbortController;
  /** Finishes the turns of this process, or makes them release their conversations. */
  stopWorking(): Promise<void>;
  /** Closes the store and the connections. */
  release(): Promise<void>;
}

async function composeServer(
  config: Config,
  { log, version }: { readonly log: Log; readonly version: string },
): Promise<ComposedServer> {
  if (config.queue.kind === 'sqs' && config.store.kind !== 'dynamodb') {
    throw new NotAvailable(
      'QUEUE=sqs needs STORE=dynamodb, which the worker processes can read: set both, or neither.',
    );
  }
  const { businesses, cache } = await businessesFor(config, { log, isFrozen: false });
  const opened = await configuredStore(config)
    .open()
    .catch(async (error: unknown) => {
      await businesses.close();
      throw error;
    });
  const { store, turnCounter, queue: sharedQueue } = opened;
  const metrics = createMetrics({
    backlog: () => store.backlog(),
    ...(cache !== undefined && { registry: cache.figures }),
    now: clock.now,
  });
  const personHash = createPersonHasher(config.logKey);
  const numbersFrom = numbersVariable(config);
  const report = createReport({ log, metrics, personHash, numbersFrom, now: clock.now });
  const tracing = await tracingFor(config, { program: 'web', log, hash: personHash, metrics });
  const { tracer } = tracing;
  const { queue, stop } =
    sharedQueue === undefined
      ? composeInlineWorker(config, {
          ...{ store, turnCounter, businesses, report, log, metrics, tracer },
          handOffs: await handOffsFor(config),
        })
      : { queue: traceWakeUps(sharedQueue, tracer), stop: async () => {} };
  const inbox = traceInbox(store, { tracer, now: clock.now });
  const acceptPorts = { businesses, store: inbox, queue, windowMs: rulesFor(config).windowMs };
  const leaving = new AbortController();

  const app = createHttpApp({
    channels: webhooksFor(config, businesses),
    accept: async (delivery, covers) =>
      report.delivery(delivery, await acceptDelivery(delivery, { ...acceptPorts, covers })),
    ready: async () => {
      await Promise.all([store.ready(), queue.ready(), businesses.ready()]);
    },
    leaving: leaving.signal,
    origins: config.origins,
    adminToken: config.adminToken,
    metricsToken: config.metricsToken,
    cache: cache ?? NO_CACHE,
    hash: personHash,
    metrics,
    log,
    clock,
    version,
  });
  return {
    app,
    leaving,
    stopWorking: stop,
    async release() {
      await sharedQueue?.close();
      await Promise.all([store.close(), businesses.close(), tracing.close()]);
    },
  };
}

function adapterNames({ deployment, assistant, store, queue, businesses }: Config) {
  return {
    deployment,
    assistant: assistant.kind,
    store: store.kind,
    queue: queue.kind,
    businesses: businesses.kind,
  };
}
