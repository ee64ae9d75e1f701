import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { sweep } from '../conversation/sweep.ts';
import { createWork } from '../conversation/work.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Businesses } from '../ports/businesses.ts';
import type { Queue } from '../ports/queue.ts';
import type { ConversationStore } from '../ports/store.ts';
import { createInlineQueue } from '../queues/inline.ts';
import type { createReport } from '../reporting/report.ts';
import { repeatEvery } from '../resilience/repeat.ts';
import { assistantFor, channelsFor, GRACE_MS, rulesFor } from './adapters.ts';

/** Concurrent turns in one process; a turn spends nearly all of its time waiting for the assistant. */
const CONCURRENCY = 500;
const SWEEP_INTERVAL_MS = 5_000;
const FORGET_INTERVAL_MS = 10 * 60 * 1_000;

interface InlineWorkerOptions {
  readonly store: ConversationStore;
  readonly businesses: Businesses;
  readonly report: ReturnType<typeof createReport>;
  readonly log: Log;
  readonly metrics: Counters;
}

/** The worker inside the web service's process, for machines that are not frozen between requests. */
export function composeInlineWorker(
  config: Config,
  { store, businesses, report, log, metrics }: InlineWorkerOptions,
): { readonly queue: Queue; stop(): Promise<void> } {
  const rules = rulesFor(config);
  const observed = { log, metrics, now: clock.now };
  const channels = channelsFor(config, observed);
  const assistant = assistantFor(config, observed);
  const assistantOf = () => assistant;
  const work = createWork({ store, clock, businesses, channels, assistantOf, jitter: Math.random }, rules);
  const queue = createInlineQueue({
    work: async (conversation, signal) => report.work(await work(conversation, signal)),
    clock,
    concurrency: CONCURRENCY,
    graceMs: GRACE_MS,
  });
  const findLostWork = () => sweep(store, queue, rules.windowMs);
  const sweeping = repeatEvery(SWEEP_INTERVAL_MS, clock, findLostWork, report.job('sweep'));
  const forgetting = repeatEvery(FORGET_INTERVAL_MS, clock, () => store.forgetOld(), report.job('forget'));
  return {
    queue,
    async stop() {
      await Promise.all([sweeping.stop(), forgetting.stop(), queue.close()]);
    },
  };
}
