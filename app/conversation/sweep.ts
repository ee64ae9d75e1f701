import type { Queue } from '../ports/queue.ts';
import type { Maintenance } from '../ports/store.ts';

/** A wake-up that has not arrived this long after its window is taken for lost. */
const WAKE_UP_DUE_MS = 2_000;
/** The next sweep finds the remaining ones. */
const SWEEP_BATCH_SIZE = 500;

/**
 * Wakes conversations that have work and no live lease: their wake-up was lost, or their worker died. Resolves to how
 * many, at most `batchSize`, oldest work first. Idempotent; harmless beside wake-ups that are still on their way.
 */
export async function sweep(
  store: Pick<Maintenance, 'due'>,
  queue: Queue,
  windowMs: number,
  batchSize = SWEEP_BATCH_SIZE,
): Promise<number> {
  const found = await store.due(batchSize, windowMs + WAKE_UP_DUE_MS);
  await Promise.all(found.map((conversation) => queue.wake(conversation, 0)));
  return found.length;
}
