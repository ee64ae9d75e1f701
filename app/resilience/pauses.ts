import type { Unavailable } from '../domain/errors.ts';

/** What is told to whoever meets a pause. */
type Why = Pick<Unavailable, 'scope'> & Partial<Pick<Unavailable, 'code' | 'alarm'>>;

/** Why nothing goes through until a time. */
export interface Pause {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly why: Why;
  /** How often in a row it was asked for. */
  readonly times: number;
}

/** How long to rest: `firstMs`, then each time in a row `factor` longer, at most `longestMs`. */
export interface Rest {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

/** The rest that comes after `times` others in a row. */
export function grownMs({ firstMs, factor, longestMs }: Rest, times: number): number {
  return Math.min(firstMs * factor ** times, longestMs);
}

/** A pause asked for again within this time of its end counts as in a row. */
const FORGIVEN_AFTER_MS = 10 * 60_000;

/** The pauses that the other side asked for, by what has to pause. Forgets each one a while after its end. */
export class Pauses {
  readonly #pauses = new Map<string, Pause>();
  #sweepAt = 1024;

  /** The pause with the latest end among these keys; undefined when none of them pauses. */
  longest(keys: readonly string[], now: number): Pause | undefined {
    let longest: Pause | undefined;
    for (const key of keys) {
      const pause = this.#pauses.get(key);
      if (pause !== undefined && pause.until > (longest?.until ?? now)) longest = pause;
    }
    return longest;
  }

  /**
   * How many pauses in a row came before one asked for now. Refusals of calls that were under way together belong to
   * the same pause.
   */
  times(key: string, now: number): number {
    const pause = this.#pauses.get(key);
    if (pause === undefined || pause.until + FORGIVEN_AFTER_MS <= now) return 0;
    return pause.until > now ? pause.times - 1 : pause.times;
  }

  /** Never shortens a pause. */
  pause(key: string, waitMs: number, why: Why, now: number): void {
    const until = Math.max(this.#pauses.get(key)?.until ?? 0, now + waitMs);
    this.#pauses.set(key, { until, why, times: this.times(key, now) + 1 });
    if (this.#pauses.size >= this.#sweepAt) this.#sweep(now);
  }

  /** Something got through: the row is over. A pause that still runs was asked for later: it stays, as the first one. */
  forgive(key: string, now: number): void {
    const pause = this.#pauses.get(key);
    if (pause === undefined) return;
    if (pause.until <= now) this.#pauses.delete(key);
    else this.#pauses.set(key, { ...pause, times: 1 });
  }

  #sweep(now: number): void {
    for (const [key, { until }] of this.#pauses) {
      if (until + FORGIVEN_AFTER_MS <= now) this.#pauses.delete(key);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#pauses.size);
  }
}
