import type { Queue } from '../ports/queue.ts';
import type { Maintenance } from '../ports/store.ts';

/** A wake-up that has not arrived this long after its window is taken for lost. */
const WAKE_UP_DUE_MS = 2_000;
/** The next sweep finds the remaining ones. */
const SWEEP_BATCH_SIZE = 500;

export interface SweepRules {
  readonly windowMs: number;
  /** The part of a sweep that one business gets at most, in (0, 1]. 1: there is one business. */
  readonly share: number;
}

/**
 * Wakes conversations that have work and no live lease: their wake-up was lost, or their worker died. Resolves to how
 * many, at most `batchSize`, oldest work first and at most a share of each business. Idempotent; harmless beside wake-ups
 * that are still on their way.
 */
export async function sweep(
  store: Pick<Maintenance, 'due'>,
  queue: Queue,
  { windowMs, share }: SweepRules,
  batchSize = SWEEP_BATCH_SIZE,
): Promise<number> {
  const found = await store.due(batchSize, windowMs + WAKE_UP_DUE_MS, Math.ceil(batchSize * share));
  await Promise.all(found.map((conversation) => queue.wake(conversation, 0)));
  return found.length;
}
