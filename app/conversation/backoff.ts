interface Backoff {
  readonly baseMs: number;
  readonly longestMs: number;
}

/** Doubles from 2 seconds to 5 minutes: ten attempts spread over about ten minutes. */
const BACKOFF: Backoff = { baseMs: 2_000, longestMs: 300_000 };

/**
 * How long to rest after the given attempt (from 1). `chance` in [0, 1) spreads those that failed together over the
 * upper half of the time, so that they do not come back together.
 */
export function backoffMs(attempt: number, chance: number): number {
  const full = Math.min(BACKOFF.baseMs * 2 ** (attempt - 1), BACKOFF.longestMs);
  return Math.round(full * (0.5 + chance / 2));
}
