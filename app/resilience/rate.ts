/** At most `burst` at once, then one every `intervalMs`. */
export interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * The generic cell rate algorithm: of each key only the time is kept at which it would be idle again (`idleAt`, in
 * milliseconds since 1970). Everything taken moves that time one interval on; a key may run ahead by its burst.
 */
function waitMs(rate: Rate, idleAt: number, now: number): number {
  return Math.max(0, idleAt - (rate.burst - 1) * rate.intervalMs - now);
}

function afterTaking(rate: Rate, idleAt: number, now: number): number {
  return Math.max(idleAt, now) + rate.intervalMs;
}

/** Holds many keys to one rate. Keys that are idle again are forgotten, so it is as large as what went lately. */
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

  /** How long the next one of this key has to wait. Takes nothing. */
  waitMs(key: string, now: number): number {
    return waitMs(this.#rate, this.#idleAt.get(key) ?? now, now);
  }

  take(key: string, now: number): void {
    this.#idleAt.set(key, afterTaking(this.#rate, this.#idleAt.get(key) ?? now, now));
    if (this.#idleAt.size >= this.#sweepAt) this.#sweep(now);
  }

  /** The next sweep comes when the size has doubled, so that sweeping costs a constant part of taking. */
  #sweep(now: number): void {
    for (const [key, idleAt] of this.#idleAt) {
      if (idleAt <= now) this.#idleAt.delete(key);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#idleAt.size);
  }
}
