import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createLimits } from '../conversation/limits.ts';
import { sweep } from '../conversation/sweep.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Businesses } from '../ports/businesses.ts';
import type { HandOffs } from '../ports/hand-offs.ts';
import type { Queue } from '../ports/queue.ts';
import type { ConversationStore } from '../ports/store.ts';
import type { Tracer } from '../ports/tracer.ts';
import type { TurnCounter } from '../ports/turn-counter.ts';
import { createInlineQueue } from '../queues/inline.ts';
import type { createReport } from '../reporting/report.ts';
import { repeatEvery } from '../resilience/repeat.ts';
import { traceWakeUps } from '../tracing/trace-queue.ts';
import { channelsFor, GRACE_MS, rulesFor, shareOf } from './adapters.ts';
import { assistantsFor } from './assistants.ts';
import { observedWork } from './work.ts';

/** Concurrent turns in one process; a turn spends nearly all of its time waiting for the assistant. */
const CONCURRENCY = 500;
const SWEEP_INTERVAL_MS = 5_000;
const FORGET_INTERVAL_MS = 10 * 60 * 1_000;

interface InlineWorkerOptions {
  readonly store: ConversationStore;
  readonly turnCounter: TurnCounter;
  readonly businesses: Businesses;
  readonly handOffs: HandOffs;
  readonly report: ReturnType<typeof createReport>;
  readonly log: Log;
  readonly metrics: Counters;
  readonly tracer: Tracer;
}

/** The worker inside the web service's process, for machines that are not frozen between requests. */
export function composeInlineWorker(
  config: Config,
  { store, turnCounter, businesses, handOffs, report, log, metrics, tracer }: InlineWorkerOptions,
): { readonly queue: Queue; stop(): Promise<void> } {
  const rules = rulesFor(config);
  const observed = { log, metrics, tracer, now: clock.now };
  const channels = channelsFor(config, observed);
  const assistantOf = assistantsFor(config, observed);
  const share = shareOf(config);
  const maxPerBusiness = Math.ceil(CONCURRENCY * share);
  const limits = createLimits({ counter: turnCounter, clock, share: maxPerBusiness });
  const ports = { store, businesses, channels, assistantOf, limits, handOffs };
  const work = observedWork(ports, rules, observed);
  const queue = createInlineQueue({
    work: async (conversation, signal) => report.work(await work(conversation, signal)),
    clock,
    concurrency: CONCURRENCY,
    reserved: share < 1 ? maxPerBusiness : 0,
    maxOf: limits.maxOf,
    started: metrics.wakeUpAge,
    graceMs: GRACE_MS,
  });
  const findLostWork = () => sweep(store, queue, { windowMs: rules.windowMs, share });
  const sweeping = repeatEvery(SWEEP_INTERVAL_MS, clock, findLostWork, report.job('sweep'));
  const forget = async () => report.forgotten(await store.forgetOld());
  const forgetting = repeatEvery(FORGET_INTERVAL_MS, clock, forget, report.job('forget'));
  return {
    queue: traceWakeUps(queue, tracer),
    async stop() {
      await Promise.all([sweeping.stop(), forgetting.stop(), queue.close()]);
    },
  };
}
