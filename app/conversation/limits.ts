import type { BusinessId } from '../domain/business.ts';
import { AT_LIMIT, Unavailable } from '../domain/errors.ts';
import type { Business } from '../ports/businesses.ts';
import type { Clock } from '../ports/clock.ts';
import type { TurnCounter } from '../ports/turn-counter.ts';

const MINUTE_MS = 60_000;
/** A turn over the limit of a minute looks again within this many minutes, also when more than that are ahead of it. */
const MAX_MINUTES = 15;
/** Postponed turns are due at the beginning of their minute, so that they come before those that arrive in it. */
const PLACES_MS = 10_000;
/** A turn over the concurrency looks again after one of this many periods, which keeps thousands of them apart. */
const PERIOD_MS = 2_000;
const MAX_PERIODS = 150;

export interface BusinessLimits {
  /**
   * Lets a turn of the business begin, unless it is at a limit: throws `Unavailable` with the code `AT_LIMIT` and the time to
   * wait. `asks`: the turn has no reply yet, and counts for the limit of the minute. Resolves to the function that ends the
   * turn.
   */
  enter(business: Business, options: { readonly asks: boolean }): Promise<() => void>;
  /** Returns the maximum of concurrent turns of the business, as it was when its last turn began. */
  maxOf(business: BusinessId): number;
}

interface LimitsOptions {
  readonly counter: TurnCounter;
  readonly clock: Pick<Clock, 'now'>;
  /** Maximum number of concurrent turns of each business in this process, whatever its settings. Default: unlimited. */
  readonly share?: number | undefined;
}

/** Concurrency counts the turns of this process; the turns per minute are those of all processes with the counter. */
export function createLimits({ counter, clock, share = Infinity }: LimitsOptions): BusinessLimits {
  const running = new Map<BusinessId, number>();
  /** Turns that wait for the end of a running one. */
  const refused = new Map<BusinessId, number>();
  /** Of businesses with a concurrency of their own only. */
  const maxima = new Map<BusinessId, number>();

  function begin({ id, settings }: Business): void {
    const max = Math.max(1, Math.min(share, settings.concurrency ?? Infinity));
    if (settings.concurrency === undefined) maxima.delete(id);
    else maxima.set(id, max);
    const own = running.get(id) ?? 0;
    if (own >= max) {
      const waiting = (refused.get(id) ?? 0) + 1;
      refused.set(id, waiting);
      throw atLimit(`${max} turns at the same time`, delayOf(waiting, max));
    }
    running.set(id, own + 1);
  }

  function end({ id }: Business): void {
    const own = (running.get(id) ?? 0) - 1;
    if (own > 0) running.set(id, own);
    else running.delete(id);
    const waiting = (refused.get(id) ?? 0) - 1;
    if (own > 0 && waiting > 0) refused.set(id, waiting);
    else refused.delete(id);
  }

  async function count({ id, settings }: Business): Promise<void> {
    const { turnsPerMinute } = settings;
    if (turnsPerMinute === undefined) return;
    const limit = Math.max(1, turnsPerMinute);
    const now = clock.now();
    const minute = Math.floor(now / MINUTE_MS);
    const number = await counter.count(id, minute);
    if (number > limit) throw atLimit(`${limit} turns in a minute`, placeOf(number, limit, minute) - now);
  }

  return {
    async enter(business, { asks }) {
      begin(business);
      try {
        if (asks) await count(business);
      } catch (error) {
        end(business);
        throw error;
      }
      return () => end(business);
    },

    maxOf: (business) => maxima.get(business) ?? share,
  };
}

/** Returns when the turn with this number in the minute looks again: the first `limit` of those over it in the next one. */
function placeOf(number: number, limit: number, minute: number): number {
  const over = number - limit - 1;
  const minutes = 1 + (Math.floor(over / limit) % MAX_MINUTES);
  return (minute + minutes) * MINUTE_MS + Math.floor(((over % limit) / limit) * PLACES_MS);
}

function delayOf(waiting: number, max: number): number {
  return PERIOD_MS * (1 + (Math.floor((waiting - 1) / max) % MAX_PERIODS));
}

function atLimit(limit: string, retryAfterMs: number): Unavailable {
  return new Unavailable(`the business is at its limit of ${limit}`, {
    ...{ scope: 'business', code: AT_LIMIT, retryAfterMs: Math.max(1, retryAfterMs) },
  });
}
