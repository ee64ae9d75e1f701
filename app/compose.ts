import { randomUUID } from 'node:crypto';
import { createAnsariAssistant } from './assistants/ansari.ts';
import { createEchoAssistant } from './assistants/echo.ts';
import { createOpenAiAssistant } from './assistants/openai.ts';
import { createEnvBusinesses } from './businesses/env.ts';
import { Pace } from './channels/meta/pace.ts';
import { readDelivery } from './channels/meta/read.ts';
import { createRecordingChannel } from './channels/meta/recording.ts';
import { createMetaChannel } from './channels/meta/send.ts';
import { verifySignature } from './channels/meta/signature.ts';
import { systemClock as clock } from './clock.ts';
import type { Config } from './config.ts';
import { acceptDelivery } from './conversation/accept.ts';
import { repeatEvery } from './conversation/repeat.ts';
import { sweep } from './conversation/sweep.ts';
import { createWork, type WorkRules } from './conversation/work.ts';
import { createHttpApp } from './http/app.ts';
import { type Listening, listen } from './http/listen.ts';
import { createLog, createWho, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Assistant, Businesses, Channel, ConversationStore } from './ports.ts';
import { createInlineQueue } from './queues/inline.ts';
import { reporting } from './reporting.ts';
import { createMemoryStore } from './stores/memory/store.ts';
import { openSqliteStore } from './stores/sqlite/store.ts';

/** The composition root: the only file that knows every adapter. */

/** A worker that dies keeps its conversation this long from the others. It is renewed three times within it. */
const LEASE_MS = 10_000;
/** About a quarter of an hour with the pauses of `backoff.ts`; then the person is told that it did not work. */
const MOST_ATTEMPTS = 10;
const CONFIRM_MS = 2_000;
/** Turns side by side in one process; nearly all of their time is spent waiting for the assistant. */
const CONCURRENCY = 500;
const SWEEP_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 10 * 60 * 1_000;
/** SIGTERM to exit takes less than 10 seconds: running turns have the first part of it, what hangs is cut at the end. */
const GRACE_MS = 5_000;
const DEADLINE_MS = 8_000;

export interface Server {
  readonly url: string;
  /** Takes no more deliveries, ends or gives back what it holds, and closes everything. The second time answers the first promise. */
  close(): Promise<void>;
}

/** What this version cannot do although its configuration is valid: said at the start, not at the first message. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

/** Starts the whole service in this process. Throws `NotAvailable`, `UnusableDatabase`, or that the port is taken. */
export async function startServer(config: Config, version: string): Promise<Server> {
  const log = createLog({ level: config.logLevel, now: clock.now });
  const who = createWho(config.logKey);
  const businesses = businessesFor(config);
  const store = await storeFor(config);
  const metrics = createMetrics({ backlog: () => store.backlog(), now: clock.now });
  const report = reporting({ log, metrics, who, now: clock.now });
  const channels = { meta: report.channel(metaChannelFor(config, log)) };
  const assistant = report.assistant(assistantFor(config));

  const rules = rulesFor(config);
  const work = createWork({ store, clock, businesses, channels, assistant, jitter: Math.random }, rules);
  const queue = createInlineQueue({
    look: async (conversation, stop) => report.look(await work(conversation, stop)),
    clock,
    concurrency: CONCURRENCY,
    graceMs: GRACE_MS,
  });
  const { windowMs } = rules;
  const sweeping = repeatEvery(
    SWEEP_EVERY_MS,
    clock,
    () => sweep(store, queue, windowMs),
    report.chore('sweep'),
  );
  const forgetting = repeatEvery(FORGET_EVERY_MS, clock, () => store.forgetOld(), report.chore('forget'));

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
    cache: NO_CACHE,
    metrics,
    log,
    clock,
    version,
  });

  const release = async () => {
    await Promise.all([sweeping.stop(), forgetting.stop(), queue.close()]);
    await Promise.all([store.close(), businesses.close()]);
  };
  let listening: Listening;
  try {
    listening = await listen(app, { port: config.port, leaving, deadlineMs: DEADLINE_MS, log });
  } catch (error) {
    await release();
    throw error;
  }
  log.info('listening', { url: listening.url, version, ...namesOf(config) });

  let closed: Promise<void> | undefined;
  return {
    url: listening.url,
    close() {
      closed ??= listening.close().then(release);
      return closed;
    },
  };
}

function rulesFor({ deployment, policy }: Config): WorkRules {
  return {
    underMaintenance: policy.underMaintenance,
    staleAfterMs: policy.messageAgeMs,
    // Developers write to the shared number with this prefix; their own deployment answers, staging does not.
    ...(deployment === 'staging' && { ignoredPrefix: '!d ' }),
    retentionMs: policy.retentionMs,
    reconcileMs: policy.sendReconcileMs,
    confirmMs: CONFIRM_MS,
    leaseMs: LEASE_MS,
    mostAttempts: MOST_ATTEMPTS,
    windowMs: policy.batchWindowMs,
  };
}

async function storeFor({ store }: Config): Promise<ConversationStore> {
  const common = { clock, newId: randomUUID };
  switch (store.kind) {
    case 'memory':
      return createMemoryStore(common);
    case 'sqlite':
      return openSqliteStore({ ...common, path: store.path });
    case 'dynamodb':
      throw new NotAvailable(
        'STORE=dynamodb is not available in this version: set STORE to sqlite or memory.',
      );
  }
}

function assistantFor({ assistant }: Config): Assistant {
  switch (assistant.kind) {
    case 'ansari':
      return createAnsariAssistant({ serverUrl: assistant.url, apiKey: assistant.apiKey, clock });
    case 'openai': {
      const { url: apiUrl, apiKey, model, instructions = '' } = assistant;
      return createOpenAiAssistant({ apiUrl, apiKey, model, instructions, clock });
    }
    case 'echo':
      return createEchoAssistant({ newId: randomUUID });
  }
}

function businessesFor({ businesses, queue, twilio }: Config): Businesses {
  if (queue.kind === 'sqs')
    throw new NotAvailable('QUEUE=sqs is not available in this version: set QUEUE to inline.');
  if (twilio !== undefined)
    throw new NotAvailable('Twilio is not available in this version: unset TWILIO_ACCOUNT_SID.');
  switch (businesses.kind) {
    case 'env': {
      const { number, accessToken } = businesses;
      return createEnvBusinesses([{ channel: 'meta', number, accessToken }]);
    }
    case 'mongodb':
      throw new NotAvailable('BUSINESSES=mongodb is not available in this version: set BUSINESSES to env.');
  }
}

function metaChannelFor({ meta }: Config, log: Log): Channel {
  const { apiUrl, apiVersion } = meta;
  const channel = createMetaChannel({ apiUrl, apiVersion, pace: new Pace({ clock }), clock });
  const record = ({ length }: { length: number }) => log.info('reply recorded, not sent', { count: length });
  return meta.mock ? createRecordingChannel({ newId: randomUUID, record }, channel) : channel;
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
