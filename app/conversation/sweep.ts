import type { ConversationStore, Queue } from '../ports.ts';

/** A wake-up that has not come this long after its window is not coming. */
const WAKE_UP_DUE_MS = 2_000;
/** Found at once; the rest are found by the next sweep. */
const SWEPT_AT_ONCE = 500;

/**
 * Wakes conversations whose work nobody holds: their wake-up was lost, or their worker died. Answers how many.
 * Harmless beside wake-ups that are on their way.
 */
export async function sweep(store: ConversationStore, queue: Queue, windowMs: number): Promise<number> {
  const found = await store.due(SWEPT_AT_ONCE, windowMs + WAKE_UP_DUE_MS);
  await Promise.all(found.map((conversation) => queue.wake(conversation, 0)));
  return found.length;
}
