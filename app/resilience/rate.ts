/** At most `burst` at once, then one every `intervalMs`. */
export interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * Generic cell rate algorithm. State per key: the time at which it is idle again (`idleAt`, in milliseconds since 1970). Each
 * `take` moves it on by one interval; it may be ahead of the clock by the burst.
 */
function waitMs(rate: Rate, idleAt: number, now: number): number {
  return Math.max(0, idleAt - (rate.burst - 1) * rate.intervalMs - now);
}

function afterTaking(rate: Rate, idleAt: number, now: number): number {
  return Math.max(idleAt, now) + rate.intervalMs;
}

/** Limits each of many keys to one rate. Idle keys are removed, so the size is that of the recent traffic. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #idleAt = new Map<string, number>();
  #sweepAt = 1024;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  get size(): number {
    return this.#idleAt.size;
  }

  /** Returns how long the next `take` of this key must wait. Changes nothing. */
  waitMs(key: string, now: number): number {
    return waitMs(this.#rate, this.#idleAt.get(key) ?? now, now);
  }

  take(key: string, now: number): void {
    this.#idleAt.set(key, afterTaking(this.#rate, this.#idleAt.get(key) ?? now, now));
    if (this.#idleAt.size >= this.#sweepAt) this.#sweep(now);
  }

  /** Runs again when the size has doubled, so that its cost per `take` is constant. */
  #sweep(now: number): void {
    for (const [key, idleAt] of this.#idleAt) {
      if (idleAt <= now) this.#idleAt.delete(key);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#idleAt.size);
  }
}
