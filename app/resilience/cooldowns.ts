import type { Unavailable } from '../domain/errors.ts';

/** Reported to callers that hit the cooldown. */
type Why = Pick<Unavailable, 'scope'> & Partial<Pick<Unavailable, 'code' | 'alarm'>>;

/** A time before which no call is made, and the reason. */
export interface Cooldown {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly why: Why;
  /** How many cooldowns in a row, this one included. */
  readonly consecutive: number;
}

/** Exponential back-off: `firstMs`, then `factor` times longer with each cooldown in a row, at most `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** Returns the length of a cooldown that follows `consecutive` others in a row. */
export function backoffDelayMs({ firstMs, factor, maxMs }: Backoff, consecutive: number): number {
  return Math.min(firstMs * factor ** consecutive, maxMs);
}

/** A cooldown that starts within this time after the end of the previous one is in a row with it. */
const RESET_AFTER_MS = 10 * 60_000;

/** Cooldowns by key: a number, a person, a service. Entries are removed some time after their end. */
export class Cooldowns {
  readonly #cooldowns = new Map<string, Cooldown>();
  #sweepAt = 1024;

  /** Returns the running cooldown of these keys that ends last; undefined when none is running. */
  latest(keys: readonly string[], now: number): Cooldown | undefined {
    let latest: Cooldown | undefined;
    for (const key of keys) {
      const cooldown = this.#cooldowns.get(key);
      if (cooldown !== undefined && cooldown.until > (latest?.until ?? now)) latest = cooldown;
    }
    return latest;
  }

  /**
   * Returns how many cooldowns in a row precede one that starts now. Refusals of concurrent calls belong to one
   * cooldown.
   */
  consecutive(key: string, now: number): number {
    const cooldown = this.#cooldowns.get(key);
    if (cooldown === undefined || cooldown.until + RESET_AFTER_MS <= now) return 0;
    return cooldown.until > now ? cooldown.consecutive - 1 : cooldown.consecutive;
  }

  /** Starts or prolongs a cooldown; never shortens one. */
  start(key: string, waitMs: number, why: Why, now: number): void {
    const until = Math.max(this.#cooldowns.get(key)?.until ?? 0, now + waitMs);
    this.#cooldowns.set(key, { until, why, consecutive: this.consecutive(key, now) + 1 });
    if (this.#cooldowns.size >= this.#sweepAt) this.#sweep(now);
  }

  /** After a success: the row ends. A running cooldown was started after the successful call began; it stays, as the first. */
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
