import type { Queue } from '../ports/queue.ts';
import type { Maintenance } from '../ports/store.ts';

/** A wake-up that has not come this long after its window is not coming. */
const WAKE_UP_DUE_MS = 2_000;
/** Woken at once; the rest are found by the next sweep. */
const SWEEP_BATCH_SIZE = 500;

/**
 * Wakes conversations whose work nobody holds: their wake-up was lost, or their worker died. Answers how many, at most
 * `atOnce`, the oldest work first. Harmless beside wake-ups that are on their way.
 */
export async function sweep(
  store: Pick<Maintenance, 'due'>,
  queue: Queue,
  windowMs: number,
  atOnce = SWEEP_BATCH_SIZE,
): Promise<number> {
  const found = await store.due(atOnce, windowMs + WAKE_UP_DUE_MS);
  await Promise.all(found.map((conversation) => queue.wake(conversation, 0)));
  return found.length;
}
