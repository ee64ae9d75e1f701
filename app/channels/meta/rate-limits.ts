import { hash } from 'node:crypto';
import { Unavailable } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Cooldown, Cooldowns } from '../../resilience/cooldowns.ts';
import { RateLimit } from '../../resilience/rate.ts';
import { delayMs, TOKEN_CODE } from './errors.ts';

/** Sender and recipient. `person` is absent for a call without a recipient. */
export interface Route {
  readonly number: string;
  readonly accessToken: string;
  readonly person?: string;
}

export interface RateLimitsOptions {
  readonly clock: Clock;
  /** Meta's throughput per number is 80 messages a second until Meta raises it ("Throughput"). */
  readonly perNumberPerSecond?: number;
  /** Meta's pair limit is 45 at once, then one every 6 seconds ("About the platform, pair rate limits"). */
  readonly pairBurst?: number;
  readonly pairIntervalMs?: number;
  /** A shorter wait is slept; a longer one is thrown, so that it blocks no worker. */
  readonly maxSleepMs?: number;
}

/**
 * Keeps within Meta's limits, and applies the cooldowns that Meta asks for. Counts the sends of this process only; those of
 * other senders on the same number show in Meta's refusals. A refusal does not name the account, so a cooldown of an
 * account applies to the number that was refused; the other numbers of the account get their own refusals.
 */
export class RateLimits {
  readonly #clock: Clock;
  readonly #maxSleepMs: number;
  readonly #numbers: RateLimit;
  readonly #pairs: RateLimit;
  readonly #cooldowns = new Cooldowns();

  constructor(options: RateLimitsOptions) {
    const { perNumberPerSecond = 80, pairBurst = 45, pairIntervalMs = 6000 } = options;
    this.#clock = options.clock;
    this.#maxSleepMs = options.maxSleepMs ?? 1000;
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
      if (wait.ms > this.#maxSleepMs) throw unavailable(wait);
      await this.#clock.sleep(Math.ceil(wait.ms));
      wait = this.#cooldown(route, this.#clock.now());
    }
  }

  /** Throws `Unavailable` during a cooldown. Counts nothing. */
  check(route: Route): void {
    const wait = this.#cooldown(route, this.#clock.now());
    if (wait.ms > 0) throw unavailable(wait);
  }

  /**
   * Starts a cooldown after a refusal. Returns the refusal with the delay that follows from all consecutive refusals: for a
   * pair 1, 4, 16... seconds, as Meta asks.
   */
  slowDown(route: Route, failure: Unavailable): Unavailable {
    if (failure.scope === 'turn') return failure;
    const now = this.#clock.now();
    const key = cooldownKey(route, failure);
    const waitMs = delayMs(failure, this.#cooldowns.consecutive(key, now));
    this.#cooldowns.start(key, waitMs, failure, now);
    return failure.withRetryAfter(waitMs);
  }

  /** Meta accepted a part: resets the consecutive refusals. */
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
}

interface Wait extends Pick<Cooldown, 'why'> {
  readonly ms: number;
}

function unavailable({ ms, why: { scope, code, alarm } }: Wait): Unavailable {
  const retryAfterMs = Math.ceil(ms);
  return new Unavailable(`Meta's limit for this ${scope} is reached`, { scope, code, alarm, retryAfterMs });
}

/** An expired token blocks its number only until the business has a new one. */
function cooldownKey(route: Route, failure: Unavailable): string {
  if (failure.code === TOKEN_CODE) return tokenOf(route);
  if (failure.scope === 'app') return 'app';
  return failure.scope === 'pair' ? pairOf(route) : route.number;
}

function pairOf({ number, person = '' }: Route): string {
  return `${number} ${person}`;
}

/** Without the token itself: keys live longer than a send. */
function tokenOf({ number, accessToken }: Route): string {
  return `${number} token ${hash('sha256', accessToken, 'base64url')}`;
}
