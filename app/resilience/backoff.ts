import { type Backoff, backoffDelayMs } from './cooldowns.ts';

/** Doubles from 2 seconds to 5 minutes: ten attempts spread over about ten minutes. */
const BACKOFF: Backoff = { firstMs: 2_000, factor: 2, maxMs: 300_000 };

/**
 * Returns the delay after the given attempt (from 1). `jitter` in [0, 1) spreads retries that failed together over the upper
 * half of the delay.
 */
export function backoffMs(attempt: number, jitter: number): number {
  return Math.round(backoffDelayMs(BACKOFF, attempt - 1) * (0.5 + jitter / 2));
}
