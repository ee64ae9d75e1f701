import { hash } from 'node:crypto';
import { type Scope, Unavailable } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Cooldown, Cooldowns } from './cooldowns.ts';
import { RateLimit } from './rate.ts';

/** Sender and recipient. `person` is absent for a call without a recipient. */
export interface Route {
  readonly number: string;
  readonly accessToken: string;
  readonly person?: string;
}

export interface SendLimitsOptions {
  /** The platform, for error messages. */
  readonly platform: string;
  readonly clock: Clock;
  /** The code of a refused token. */
  readonly tokenCode: string;
  /** Returns the delay after a refusal that followed `consecutive` others. */
  readonly delayMs: (failure: Unavailable, consecutive: number) => number;
  readonly perNumberPerSecond: number;
  /** To one person: this many at once, then one in each interval. */
  readonly pairBurst: number;
  readonly pairIntervalMs: number;
  /** A shorter wait is slept; a longer one is thrown, so that it blocks no worker. */
  readonly maxSleepMs?: number;
  /** Called with each wait that is slept or thrown. */
  readonly waiting?: ((scope: Scope, ms: number) => void) | undefined;
}

/**
 * Keeps within the limits of a platform, and applies the cooldowns that it asks for. Counts the sends of this process only;
 * those of other senders on the same number show in the platform's refusals. A refusal does not name the account, so a
 * cooldown of an account applies to the number that was refused; the other numbers of the account get their own refusals.
 */
export class SendLimits {
  readonly #options: SendLimitsOptions;
  readonly #clock: Clock;
  readonly #maxSleepMs: number;
  readonly #numbers: RateLimit;
  readonly #pairs: RateLimit;
  readonly #cooldowns = new Cooldowns();

  constructor(options: SendLimitsOptions) {
    const { clock, perNumberPerSecond, pairBurst, pairIntervalMs, maxSleepMs = 1000 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#maxSleepMs = maxSleepMs;
    // A burst of one spaces the parts of a number evenly, so that no period of one second exceeds the rate.
    this.#numbers = new RateLimit({ burst: 1, intervalMs: 1000 / perNumberPerSecond });
    this.#pairs = new RateLimit({ burst: pairBurst, intervalMs: pairIntervalMs });
  }

  /** Resolves when one part may be sent, and counts it. Throws `Unavailable` for a longer wait, without counting. */
  async enter(route: Route): Promise<void> {
    const now = this.#clock.now();
    let wait = this.#maxWait(route, now);
    if (wait.ms <= this.#maxSleepMs) this.#take(route, now);
    while (wait.ms > 0) {
      this.#options.waiting?.(wait.why.scope, wait.ms);
      if (wait.ms > this.#maxSleepMs) throw this.#unavailable(wait);
      await this.#clock.sleep(Math.ceil(wait.ms));
      wait = this.#cooldown(route, this.#clock.now());
    }
  }

  /** Throws `Unavailable` during a cooldown. Counts nothing. */
  check(route: Route): void {
    const wait = this.#cooldown(route, this.#clock.now());
    if (wait.ms > 0) throw this.#unavailable(wait);
  }

  /**
   * Starts a cooldown after a refusal. Returns the refusal with the delay that follows from all consecutive refusals: for a
   * pair at Meta 1, 4, 16... seconds, as Meta asks.
   */
  slowDown(route: Route, failure: Unavailable): Unavailable {
    if (failure.scope === 'turn') return failure;
    const now = this.#clock.now();
    const key = this.#cooldownKey(route, failure);
    const waitMs = this.#options.delayMs(failure, this.#cooldowns.consecutive(key, now));
    this.#cooldowns.start(key, waitMs, failure, now);
    return failure.withRetryAfter(waitMs);
  }

  /** The platform accepted a part: resets the consecutive refusals. */
  accepted(route: Route): void {
    const now = this.#clock.now();
    for (const key of ['app', tokenOf(route), route.number, pairOf(route)]) this.#cooldowns.reset(key, now);
  }

  #take(route: Route, now: number): void {
    this.#numbers.take(route.number, now);
    if (route.person !== undefined) this.#pairs.take(pairOf(route), now);
  }

  #maxWait(route: Route, now: number): Wait {
    const number: Wait = { ms: this.#numbers.waitMs(route.number, now), why: { scope: 'number' } };
    const pairMs = route.person === undefined ? 0 : this.#pairs.waitMs(pairOf(route), now);
    const pair: Wait = { ms: pairMs, why: { scope: 'pair' } };
    return [pair, this.#cooldown(route, now)].reduce(
      (longest, wait) => (wait.ms > longest.ms ? wait : longest),
      number,
    );
  }

  #cooldown(route: Route, now: number): Wait {
    const keys = ['app', tokenOf(route), route.number, pairOf(route)];
    const cooldown = this.#cooldowns.latest(keys, now);
    return { ms: (cooldown?.until ?? now) - now, why: cooldown?.why ?? { scope: 'number' } };
  }

  /** An expired token blocks its number only until the business has a new one. */
  #cooldownKey(route: Route, failure: Unavailable): string {
    if (failure.code === this.#options.tokenCode) return tokenOf(route);
    if (failure.scope === 'app') return 'app';
    return failure.scope === 'pair' ? pairOf(route) : route.number;
  }

  #unavailable({ ms, why: { scope, code, alarm } }: Wait): Unavailable {
    const retryAfterMs = Math.ceil(ms);
    const message = `${this.#options.platform}'s limit for this ${scope} is reached`;
    return new Unavailable(message, { scope, code, alarm, retryAfterMs });
  }
}

interface Wait extends Pick<Cooldown, 'why'> {
  readonly ms: number;
}

function pairOf({ number, person = '' }: Route): string {
  return `${number} ${person}`;
}

/** Without the token itself: keys live longer than a send. */
function tokenOf({ number, accessToken }: Route): string {
  return `${number} token ${hash('sha256', accessToken, 'base64url')}`;
}
