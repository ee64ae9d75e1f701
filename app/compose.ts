import { randomUUID } from 'node:crypto';
import { readDelivery } from './channels/meta/read.ts';
import { verifySignature } from './channels/meta/signature.ts';
import { systemClock as clock } from './clock.ts';
import { assistantFor, businessesFor, metaChannelFor, NotAvailable, rulesFor } from './compose/answering.ts';
import type { Config } from './config.ts';
import { acceptDelivery } from './conversation/accept.ts';
import { repeatEvery } from './conversation/repeat.ts';
import { sweep } from './conversation/sweep.ts';
import { createWork } from './conversation/work.ts';
import { createHttpApp } from './http/app.ts';
import { type Listening, listen } from './http/listen.ts';
import { createLog, createWho } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { ConversationStore, Queue } from './ports.ts';
import { createInlineQueue } from './queues/inline.ts';
import { reporting } from './reporting.ts';
import { createMemoryStore } from './stores/memory/store.ts';
import { openSqliteStore } from './stores/sqlite/store.ts';

/** The composition root of the door, and with QUEUE=inline of the work behind it. With `compose/` it knows every adapter. */

/** Turns side by side in one process; nearly all of their time is spent waiting for the assistant. */
const CONCURRENCY = 500;
const SWEEP_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 10 * 60 * 1_000;
/** SIGTERM to exit takes less than 10 seconds: running turns have the first part of it, what hangs is cut at the end. */
const GRACE_MS = 5_000;
const DEADLINE_MS = 8_000;
/** What peers have to end by themselves before turns are told to end too: a slow one must not take all the time. */
const PEERS_FIRST_MS = 2_000;

export interface Server {
  readonly url: string;
  /** Takes no more deliveries, ends or gives back what it holds, and closes everything. The second time answers the first promise. */
  close(): Promise<void>;
}

/** Starts the service in this process. Throws `NotAvailable`, `UnusableDatabase`, or that the port is taken. */
export async function startServer(config: Config, version: string): Promise<Server> {
  const log = createLog({ level: config.logLevel, now: clock.now });
  const who = createWho(config.logKey);
  const businesses = businessesFor(config);
  const { store, sqs } = await storeFor(config);
  const metrics = createMetrics({ backlog: () => store.backlog(), now: clock.now });
  const report = reporting({ log, metrics, who, now: clock.now });
  const { queue, stopWorking } = sqs === undefined ? workHere() : { queue: sqs, stopWorking: async () => {} };
  const { windowMs } = rulesFor(config);

  const leaving = new AbortController();
  const app = createHttpApp({
    webhook: {
      verify: (rawBody, signature) => verifySignature(rawBody, signature, config.meta.appSecrets),
      read: readDelivery,
      accept: async (delivery) =>
        report.accepted(delivery, await acceptDelivery(delivery, { businesses, store, queue, windowMs })),
    },
    verifyToken: config.meta.verifyToken,
    alwaysReturnOk: config.meta.alwaysReturnOk,
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

  const release = async () => {
    await sqs?.close();
    await Promise.all([store.close(), businesses.close()]);
  };
  let listening: Listening;
  try {
    listening = await listen(app, {
      port: config.port,
      host: config.host,
      leaving,
      deadlineMs: DEADLINE_MS,
      log,
    });
  } catch (error) {
    await stopWorking();
    await release();
    throw error;
  }
  const { url, address } = listening;
  // Written at any level: App Runner creates a log group with the first line, and an operator finds each start in it.
  const startLog = createLog({ level: 'info', now: clock.now });
  startLog.info('listening', { url, address, version, ...namesOf(config) });

  let closed: Promise<void> | undefined;
  return {
    url: listening.url,
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

  /** The worker inside the door's process, for machines that are not frozen between requests. */
  function workHere(): { queue: Queue; stopWorking: () => Promise<void> } {
    const rules = rulesFor(config);
    const channels = { meta: report.channel(metaChannelFor(config, log)) };
    const assistant = assistantFor(config, report.assistant);
    const work = createWork({ store, clock, businesses, channels, assistant, jitter: Math.random }, rules);
    const inline = createInlineQueue({
      look: async (conversation, stop) => report.look(await work(conversation, stop)),
      clock,
      concurrency: CONCURRENCY,
      graceMs: GRACE_MS,
    });
    const look = () => sweep(store, inline, rules.windowMs);
    const sweeping = repeatEvery(SWEEP_EVERY_MS, clock, look, report.chore('sweep'));
    const forgetting = repeatEvery(FORGET_EVERY_MS, clock, () => store.forgetOld(), report.chore('forget'));
    return {
      queue: inline,
      stopWorking: async () => {
        await Promise.all([sweeping.stop(), forgetting.stop(), inline.close()]);
      },
    };
  }
}

async function storeFor(config: Config): Promise<{ store: ConversationStore; sqs?: Queue }> {
  const { store, queue } = config;
  const common = { clock, newId: randomUUID };
  if (store.kind === 'dynamodb') {
    // Loaded when it is wanted: AWS's clients are larger than all the rest.
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

/** Businesses from the environment are not remembered between look-ups: there is nothing to clear or to warm. */
const NO_CACHE = {
  clear: async () => 0,
  warm: async () => 0,
  remove: async () => false,
  figures: () => ({ size: 0, maxSize: 0, ttlSeconds: 0, maxPoolSize: 0, minPoolSize: 0 }),
};
