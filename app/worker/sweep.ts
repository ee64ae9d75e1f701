import { type SweepRules, sweep } from '../conversation/sweep.ts';
import type { Maintenance } from '../ports/store.ts';
import type { SqsQueue } from '../queues/sqs.ts';

/** With more visible wake-ups than this in the queue, the workers are behind. */
const BACKLOG_THRESHOLD = 100;
/** Few compared to the workers' throughput, and enough for lost wake-ups: theirs soon is the oldest work. */
const MAX_WAKE_UPS_WHEN_BEHIND = 10;

/**
 * Sends a wake-up for work whose own was lost. Resolves to the number sent. While the workers are behind, wake-ups are
 * late and not lost: a second one for each would only make the queue longer.
 */
export async function sweepWorkers(
  store: Pick<Maintenance, 'due'>,
  queue: SqsQueue,
  rules: SweepRules,
): Promise<number> {
  const isBehind = (await queue.visibleCount()) > BACKLOG_THRESHOLD;
  return sweep(store, queue, rules, isBehind ? MAX_WAKE_UPS_WHEN_BEHIND : undefined);
}
