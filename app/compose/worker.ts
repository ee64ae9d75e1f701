import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createLimits } from '../conversation/limits.ts';
import { createLog, createPersonHasher } from '../log.ts';
import { receivingFromSqs } from '../queues/sqs-receiving.ts';
import { createReport } from '../reporting/report.ts';
import { repeatEvery } from '../resilience/repeat.ts';
import { createWakeUpHandler } from '../worker/handle-wake-up.ts';
import { type Context, createLambda } from '../worker/lambda.ts';
import { startPolling } from '../worker/poll.ts';
import { sweepWorkers } from '../worker/sweep.ts';
import { businessesFor, channelsFor, GRACE_MS, rulesFor, shareOf } from './adapters.ts';
import { assistantsFor } from './assistants.ts';
import { awsParts } from './aws.ts';
import { handOffsFor } from './hand-offs.ts';
import type { MetricsFor } from './lambda-metrics.ts';
import { NO_CACHE } from './no-cache.ts';
import { NotAvailable } from './not-available.ts';
import type { RegistryOptions } from './registry.ts';
import { tracingFor } from './tracing.ts';
import { observedWork } from './work.ts';

/** The composition root of the worker in a process of its own. */

/** CloudWatch's own resolution. */
const FLUSH_INTERVAL_MS = 60_000;
/** SIGTERM to exit takes less than 10 seconds. */
const WAIT_SECONDS = 5;

export interface Worker {
  /** For Lambda; see `createLambda`. */
  readonly handler: (event: unknown, context: Context) => Promise<unknown>;
  /** Receives wake-ups itself and processes at most `concurrency` of them at a time, until it is closed. */
  poll(concurrency: number): { close(): Promise<void> };
  /**
   * Throws `Unavailable` with what is missing. Businesses that cannot be looked up now are only logged: turns wait for them,
   * and those of cached ones go on.
   */
  ready(): Promise<void>;
}

/** Resolves to the worker; it connects with its first call. Throws `NotAvailable`, and as `openRegistry` does. */
export async function composeWorker(
  config: Config,
  { isFrozen, metricsFor }: Pick<RegistryOptions, 'isFrozen'> & { readonly metricsFor: MetricsFor },
): Promise<Worker> {
  const { store: storeConfig, queue: queueConfig } = config;
  if (storeConfig.kind !== 'dynamodb' || queueConfig.kind !== 'sqs') {
    throw new NotAvailable('The worker needs STORE=dynamodb and QUEUE=sqs: set both.');
  }
  const log = createLog({ level: config.logLevel, now: clock.now });
  const { store, turnCounter, queue, sqs } = awsParts(config, storeConfig);
  if (queue === undefined) throw new NotAvailable('The worker needs QUEUE=sqs: set it.');
  const personHash = createPersonHasher(config.logKey);
  const { businesses, cache } = await businessesFor(config, { log, isFrozen });
  const { counters, flush, serve } = metricsFor(config, {
    backlog: () => store.backlog(),
    ...(cache !== undefined && { registry: cache.figures }),
  });
  const tracing = await tracingFor(config, {
    ...{ program: 'worker', log, hash: personHash, metrics: counters },
  });
  const { tracer } = tracing;
  const observed = { log, metrics: counters, tracer, now: clock.now };
  const report = createReport({ ...observed, personHash });
  const channels = channelsFor(config, observed);
  const assistantOf = assistantsFor(config, observed);
  const handOffs = await handOffsFor(config);
  const share = shareOf(config);
  const rules = rulesFor(config);

  const ports = { store, businesses, channels, assistantOf, handOffs };
  const receiving = receivingFromSqs(sqs, queueConfig.url);
  /** `maxPerBusiness`: of the wake-ups in process. A Lambda invocation has ten at most, which need no division. */
  const handling = (maxPerBusiness?: number) => {
    const limits = createLimits({ counter: turnCounter, clock, share: maxPerBusiness });
    const work = observedWork({ ...ports, limits }, rules, observed);
    return createWakeUpHandler({ queue, work, report: report.work, clock });
  };
  const sweepAndLog = async () => {
    const count = await sweepWorkers(store, queue, { windowMs: rules.windowMs, share });
    if (count > 0) log.warn('work was found whose wake-up did not come', { count });
  };
  const forget = async () => report.forgotten(await store.forgetOld());
  const tidy = async () => {
    await sweepAndLog();
    await forget();
  };
  const failed = (error: unknown) => log.warn('a wake-up will come again', { error });
  const common = { failed, started: counters.wakeUpAge, clock, jitter: Math.random };

  const handler = createLambda({
    ...common,
    handle: handling(),
    tidy,
    changeVisibility: receiving.changeVisibility,
  });

  const ready = async () => {
    await Promise.all([store.ready(), queue.ready()]);
    await businesses.ready().catch((error) => log.warn('businesses cannot be looked up for now', { error }));
  };

  return {
    async handler(event, context) {
      try {
        return await handler(event, context);
      } finally {
        // Lambda freezes the process after the invocation.
        flush();
        await tracing.flush();
      }
    },
    poll(concurrency) {
      const polling = startPolling({
        ...common,
        handle: handling(Math.ceil(concurrency * share)),
        receiving,
        sweep: sweepAndLog,
        forget,
        concurrency,
        waitSeconds: WAIT_SECONDS,
        graceMs: GRACE_MS,
      });
      const flushing = repeatEvery(FLUSH_INTERVAL_MS, clock, async () => flush(), failed);
      const served = serve?.({ cache: cache ?? NO_CACHE, ready, hash: personHash, log });
      return {
        async close() {
          await Promise.all([polling.close(), flushing.stop(), served?.close()]);
          flush();
          await Promise.all([store.close(), queue.close(), businesses.close(), tracing.close()]);
        },
      };
    },
    ready,
  };
}
