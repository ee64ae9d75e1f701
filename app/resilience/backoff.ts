import { type Backoff, backoffDelayMs } from './cooldowns.ts';

/** Doubles from 2 seconds to 5 minutes: ten attempts spread over about ten minutes. */
const BACKOFF: Backoff = { firstMs: 2_000, factor: 2, maxMs: 300_000 };

/**
 * How long to rest after the given attempt (from 1). `chance` in [0, 1) spreads those that failed together over the
 * upper half of the time, so that they do not come back together.
 */
export function backoffMs(attempt: number, chance: number): number {
  return Math.round(backoffDelayMs(BACKOFF, attempt - 1) * (0.5 + chance / 2));
}
