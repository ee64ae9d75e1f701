import type { Unavailable } from '../domain/errors.ts';

/** What is told to whoever meets a cooldown. */
type Why = Pick<Unavailable, 'scope'> & Partial<Pick<Unavailable, 'code' | 'alarm'>>;

/** Why nothing goes through until a time. */
export interface Cooldown {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly why: Why;
  /** How often in a row it was asked for. */
  readonly consecutive: number;
}

/** How long to rest: `firstMs`, then each time in a row `factor` longer, at most `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** The rest that comes after `consecutive` others in a row. */
export function backoffDelayMs({ firstMs, factor, maxMs }: Backoff, consecutive: number): number {
  return Math.min(firstMs * factor ** consecutive, maxMs);
}

/** A cooldown asked for again within this time of its end counts as in a row. */
const RESET_AFTER_MS = 10 * 60_000;

/** The cooldowns that the other side asked for, by what has to cooldown. Forgets each one a while after its end. */
export class Cooldowns {
  readonly #cooldowns = new Map<string, Cooldown>();
  #sweepAt = 1024;

  /** The cooldown with the latest end among these keys; undefined when none of them cooldowns. */
  latest(keys: readonly string[], now: number): Cooldown | undefined {
    let latest: Cooldown | undefined;
    for (const key of keys) {
      const cooldown = this.#cooldowns.get(key);
      if (cooldown !== undefined && cooldown.until > (latest?.until ?? now)) latest = cooldown;
    }
    return latest;
  }

  /**
   * How many cooldowns in a row came before one asked for now. Refusals of calls that were under way together belong to
   * the same cooldown.
   */
  consecutive(key: string, now: number): number {
    const cooldown = this.#cooldowns.get(key);
    if (cooldown === undefined || cooldown.until + RESET_AFTER_MS <= now) return 0;
    return cooldown.until > now ? cooldown.consecutive - 1 : cooldown.consecutive;
  }

  /** Never shortens a cooldown. */
  start(key: string, waitMs: number, why: Why, now: number): void {
    const until = Math.max(this.#cooldowns.get(key)?.until ?? 0, now + waitMs);
    this.#cooldowns.set(key, { until, why, consecutive: this.consecutive(key, now) + 1 });
    if (this.#cooldowns.size >= this.#sweepAt) this.#sweep(now);
  }

  /** Something got through: the row is over. A cooldown that still runs was asked for later: it stays, as the first one. */
  reset(key: string, now: number): void {
    const cooldown = this.#cooldowns.get(key);
    if (cooldown === undefined) return;
    if (cooldown.until <= now) this.#cooldowns.delete(key);
    else this.#cooldowns.set(key, { ...cooldown, consecutive: 1 });
  }

  #sweep(now: number): void {
    for (const [key, { until }] of this.#cooldowns) {
      if (until + RESET_AFTER_MS <= now) this.#cooldowns.delete(key);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#cooldowns.size);
  }
}
