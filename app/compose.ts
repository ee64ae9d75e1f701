/** The composition root of the web service, and with QUEUE=inline of the work behind it. With `compose/` it knows every adapter. */
import { randomUUID } from 'node:crypto';
import type Koa from 'koa';
import { createMetaWebhook } from './channels/meta/webhook.ts';
import { systemClock as clock } from './clock.ts';
import { businessesFor, NotAvailable, rulesFor } from './compose/adapters.ts';
import { composeInlineWorker } from './compose/inline-worker.ts';
import type { Config } from './config.ts';
import { acceptDelivery } from './conversation/accept.ts';
import { createHttpApp } from './http/app.ts';
import { listen } from './http/listen.ts';
import { createLog, createPersonHasher, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Queue } from './ports/queue.ts';
import type { ConversationStore } from './ports/store.ts';
import { createReport } from './reporting/report.ts';
import { createMemoryStore } from './stores/memory/store.ts';
import { openSqliteStore } from './stores/sqlite/store.ts';

/** SIGTERM to exit takes less than 10 seconds: running turns get the first part of it, what hangs is cut at the end. */
const DEADLINE_MS = 8_000;
/** Peers end by themselves within this, before turns are told to end too: a slow peer must not use all the time. */
const PEERS_FIRST_MS = 2_000;

export interface Server {
  readonly url: string;
  /** Takes no more deliveries, ends or releases what it holds, and closes everything. Idempotent. */
  close(): Promise<void>;
}

/** Starts the service in this process. Throws `NotAvailable`, `UnusableDatabase`, or that the port is taken. */
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
  // Written at any level: App Runner creates a log group with the first line, and an operator finds each start in it.
  const startLog = createLog({ level: 'info', now: clock.now });
  startLog.info('listening', { url, address, version, ...namesOf(config) });

  let closed: Promise<void> | undefined;
  return {
    url,
    close() {
      closed ??= leave();
      return closed;
    },
  };

  async function leave(): Promise<void> {
    const peersGone = listening.close();
    await Promise.race([peersGone, clock.sleep(PEERS_FIRST_MS)]);
    // What is stored from here on is for the next process.
    await Promise.all([peersGone, stopWorking()]);
    await release();
  }
}

interface ComposedServer {
  readonly app: Koa;
  /** Abort it first when the process ends. */
  readonly leaving: AbortController;
  /** Ends the turns of this process, or makes them give their work back. */
  stopWorking(): Promise<void>;
  /** Closes the store and the connections. */
  release(): Promise<void>;
}

async function composeServer(
  config: Config,
  { log, version }: { readonly log: Log; readonly version: string },
): Promise<ComposedServer> {
  const businesses = businessesFor(config);
  const { store, sqs } = await storeFor(config);
  const metrics = createMetrics({ backlog: () => store.backlog(), now: clock.now });
  const report = createReport({
    log,
    metrics,
    personHash: createPersonHasher(config.logKey),
    now: clock.now,
  });
  const { queue, stop } =
    sqs === undefined
      ? composeInlineWorker(config, { store, businesses, report, log, metrics })
      : { queue: sqs, stop: async () => {} };
  const { windowMs } = rulesFor(config);
  const leaving = new AbortController();

  const app = createHttpApp({
    channels: [createMetaWebhook(config.meta)],
    accept: async (delivery) =>
      report.delivery(delivery, await acceptDelivery(delivery, { businesses, store, queue, windowMs })),
    ready: async () => {
      await Promise.all([store.ready(), queue.ready(), businesses.ready()]);
    },
    leaving: leaving.signal,
    origins: config.origins,
    adminToken: config.adminToken,
    metricsToken: config.metricsToken,
    cache: NO_CACHE,
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
      await sqs?.close();
      await Promise.all([store.close(), businesses.close()]);
    },
  };
}

async function storeFor(config: Config): Promise<{ store: ConversationStore; sqs?: Queue }> {
  const { store, queue } = config;
  const common = { clock, newId: randomUUID };
  if (store.kind === 'dynamodb') {
    // Loaded on demand: AWS's clients are larger than all the rest.
    const { awsParts } = await import('./compose/aws.ts');
    const parts = awsParts(config, store);
    return { store: parts.store, ...(parts.queue !== undefined && { sqs: parts.queue }) };
  }
  if (queue.kind === 'sqs') {
    throw new NotAvailable(
      'QUEUE=sqs hands work to other processes, which read STORE=dynamodb: set both, or neither.',
    );
  }
  return {
    store:
      store.kind === 'memory'
        ? createMemoryStore(common)
        : await openSqliteStore({ ...common, path: store.path }),
  };
}

function namesOf({ deployment, assistant, store, queue, businesses }: Config) {
  return {
    deployment,
    assistant: assistant.kind,
    store: store.kind,
    queue: queue.kind,
    businesses: businesses.kind,
  };
}

/** Businesses from the environment are not cached: there is nothing to clear or to warm. */
const NO_CACHE = {
  clear: async () => 0,
  warm: async () => 0,
  remove: async () => false,
  figures: () => ({ size: 0, maxSize: 0, ttlSeconds: 0, maxPoolSize: 0, minPoolSize: 0 }),
};
