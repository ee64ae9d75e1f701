/** A token bucket: full at first, holds at most `size` tokens, and gets `perSecond` of them in a second. */
export class TokenBucket {
  readonly #size: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number | undefined;

  constructor({ size, perSecond }: { readonly size: number; readonly perSecond: number }) {
    this.#size = size;
    this.#perSecond = perSecond;
    this.#tokens = size;
  }

  /**
   * Takes the tokens if the bucket has them, and returns 0. Otherwise takes none and returns after how many milliseconds it
   * will have them. Whoever needs more than the bucket holds takes a full one. `now`: milliseconds since 1970.
   */
  take(tokens: number, now: number): number {
    const needed = Math.min(tokens, this.#size);
    // A clock that was set back adds nothing.
    const passedMs = Math.max(0, now - (this.#filledAt ?? now));
    this.#tokens = Math.min(this.#size, this.#tokens + (passedMs * this.#perSecond) / 1000);
    this.#filledAt = now;
    if (this.#tokens < needed) return Math.ceil(((needed - this.#tokens) * 1000) / this.#perSecond);
    this.#tokens -= needed;
    return 0;
  }

  /** Returns tokens that were taken. */
  giveBack(tokens: number): void {
    this.#tokens = Math.min(this.#size, this.#tokens + Math.min(tokens, this.#size));
  }
}
