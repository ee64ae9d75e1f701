import { sweep } from '../conversation/sweep.ts';
import type { Maintenance } from '../ports/store.ts';
import type { SqsQueue } from '../queues/sqs.ts';

/** When more wake-ups than this wait to be received, the workers are behind. */
const BEHIND = 100;
/** Few beside what the workers get done, and enough for what is really lost: that is the oldest work before long. */
const WOKEN_WHEN_BEHIND = 10;

/**
 * Finds work whose wake-up was lost; answers how much. While the workers are behind, wake-ups are late and not lost:
 * a second one for each would only make the queue longer.
 */
export async function sweepWorkers(
  store: Pick<Maintenance, 'due'>,
  queue: SqsQueue,
  windowMs: number,
): Promise<number> {
  const isBehind = (await queue.unreceived()) > BEHIND;
  return sweep(store, queue, windowMs, isBehind ? WOKEN_WHEN_BEHIND : undefined);
}
