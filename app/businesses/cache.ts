import type { BusinessId } from '../domain/business.ts';
import { Unavailable } from '../domain/errors.ts';
import type { ChannelName } from '../domain/message.ts';
import type { CacheFigures } from '../ports/business-cache.ts';
import type { Business, Businesses } from '../ports/businesses.ts';
import { BusinessEntries, type EntriesOptions, type Entry } from './entries.ts';
import type { BusinessLookUp } from './look-up.ts';
import { isUnusable } from './unusable.ts';

/** After a failure, one look-up in this time finds out whether the database is back; the others do not wait for it. */
const RETRY_MS = 5_000;
/** A number whose business is cached waits no longer for its look-up: the driver takes seconds to notice that MongoDB is gone. */
const PATIENCE_MS = 250;
/** Meta's numbers have 15 to 17 digits. Longer ones belong to no business, and are kept out of the memory. */
const MAX_NUMBER_LENGTH = 64;

interface CacheOptions extends EntriesOptions {
  readonly lookUp: BusinessLookUp;
  /** The channel whose numbers are looked up; on others there is no business. */
  readonly channel: ChannelName;
  /** Called when an expired business is used, with the reason. */
  readonly onStale: (failure: Unavailable) => void;
}

const NO_BUSINESS = Promise.resolve(undefined);
const LATE = Symbol('late');

/** Businesses of a look-up, cached in this process. Ids of businesses are those of their documents here. */
export class CachedBusinesses implements Businesses {
  readonly #options: CacheOptions;
  readonly #entries: BusinessEntries;
  readonly #flights = new Map<string, Promise<Business | undefined>>();
  readonly #counts = { hits: 0, negative: 0, stale: 0, misses: 0, failures: 0 };
  #outage: { readonly failure: Unavailable; readonly retryAt: number } | undefined;
  /** Counts removals: what was read before one is not cached after it. */
  #removals = 0;
  #warming: Promise<number> | undefined;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#entries = new BusinessEntries(options);
  }

  /** A number that is cached costs no look-up; several callers share one. */
  find(channel: ChannelName, number: string): Promise<Business | undefined> {
    if (channel !== this.#options.channel || number.length > MAX_NUMBER_LENGTH) return NO_BUSINESS;
    const now = this.#options.clock.now();
    const entry = this.#entries.businessOf(number);
    if (entry !== undefined && this.#entries.isFresh(entry, now)) {
      this.#counts.hits += 1;
      return entry.found;
    }
    const negative = this.#entries.negativeOf(number);
    if (negative !== undefined && this.#entries.isFresh(negative, now)) {
      this.#counts.negative += 1;
      return negative.failure === undefined ? NO_BUSINESS : Promise.reject(negative.failure);
    }
    return this.#ask(number, entry, now);
  }

  async #ask(number: string, expired: Entry | undefined, now: number): Promise<Business | undefined> {
    if (this.#outage !== undefined && now < this.#outage.retryAt) {
      return this.#withoutDatabase(expired, this.#outage.failure);
    }
    try {
      const flight = this.#flights.get(number) ?? this.#load(number, now);
      const business = await (expired === undefined ? flight : this.#inTime(flight));
      this.#counts.misses += 1;
      return business;
    } catch (error) {
      if (error instanceof Unavailable && !isUnusable(error)) return this.#withoutDatabase(expired, error);
      this.#counts.misses += 1;
      throw error;
    }
  }

  /** Throws `Unavailable` when the look-up takes long. It goes on: its result is cached. */
  async #inTime(flight: Promise<Business | undefined>): Promise<Business | undefined> {
    const settled = new AbortController();
    const isLate = (): typeof LATE => LATE;
    const late = this.#options.clock.sleep(PATIENCE_MS, settled.signal).then(isLate, isLate);
    const first = await Promise.race([flight, late]).finally(() => settled.abort());
    if (first === LATE)
      throw new Unavailable(`the look-up takes more than ${PATIENCE_MS} ms`, { scope: 'app' });
    return first;
  }

  /** Throws the failure unless the expired entry may be used for it. */
  #withoutDatabase(expired: Entry | undefined, failure: Unavailable): Promise<Business> {
    if (expired === undefined || !this.#entries.isUsable(expired, this.#options.clock.now())) {
      this.#counts.misses += 1;
      throw failure;
    }
    this.#counts.stale += 1;
    this.#options.onStale(failure);
    return expired.found;
  }

  #load(number: string, now: number): Promise<Business | undefined> {
    if (this.#outage !== undefined) this.#outage = { ...this.#outage, retryAt: now + RETRY_MS };
    // A removal ends the flight for the cache; its callers still get what it finds.
    const isCurrent = () => this.#flights.get(number) === flight;
    const flight: Promise<Business | undefined> = this.#options.lookUp
      .find(number)
      .then(
        (stored) => {
          this.#outage = undefined;
          if (!isCurrent()) return stored && this.#options.businessAt(stored, number);
          if (stored !== undefined) return this.#entries.store(number, stored);
          this.#entries.deny(number);
          return undefined;
        },
        (error: unknown) => {
          this.#fail(error, isCurrent() ? number : undefined);
          throw error;
        },
      )
      .finally(() => {
        if (isCurrent()) this.#flights.delete(number);
      });
    this.#flights.set(number, flight);
    return flight;
  }

  #fail(error: unknown, number: string | undefined): void {
    this.#counts.failures += 1;
    if (isUnusable(error)) {
      this.#outage = undefined;
      if (number !== undefined) this.#entries.deny(number, error);
    } else if (error instanceof Unavailable) {
      this.#outage = { failure: error, retryAt: this.#options.clock.now() + RETRY_MS };
    }
  }

  /**
   * Loads active businesses, the newest first, until the cache is full. It removes no entry, since those in use matter more.
   * Resolves to the count of numbers that it loaded. Concurrent calls share one run. Throws `Unavailable`.
   */
  warm(): Promise<number> {
    this.#warming ??= this.#readNewest().finally(() => {
      this.#warming = undefined;
    });
    return this.#warming;
  }

  async #readNewest(): Promise<number> {
    const owners = new Map<string, BusinessId>();
    let loaded = 0;
    let removals = this.#removals;
    for await (const batch of this.#options.lookUp.newest()) {
      this.#outage = undefined;
      // Something was removed while the batch was read: it may hold what was removed.
      const current = removals === this.#removals;
      for (const stored of current ? batch : []) {
        for (const number of stored.numbers) {
          if (owners.has(number)) {
            // A number of two businesses is left to its look-up, which reports it.
            if (owners.get(number) !== stored.id && this.#entries.remove(number)) loaded -= 1;
            continue;
          }
          if (!this.#entries.hasRoomFor(number)) return loaded;
          owners.set(number, stored.id);
          void this.#entries.store(number, stored);
          loaded += 1;
        }
      }
      removals = this.#removals;
    }
    return loaded;
  }

  /** Removes all, also what expired. Returns the number of numbers that were cached. */
  clear(): number {
    const { size } = this.#entries;
    this.#forgetFlights();
    this.#entries.clear();
    return size;
  }

  /** Returns whether the number was cached. Idempotent. */
  remove(number: string): boolean {
    this.#removals += 1;
    this.#flights.delete(number);
    return this.#entries.remove(number);
  }

  /** Removes all numbers of a business. Idempotent. */
  removeBusiness(id: BusinessId): void {
    // Of numbers that are being looked up the business is not known yet.
    this.#forgetFlights();
    this.#entries.removeBusiness(id);
  }

  /** What is cached may have changed: it is looked up again, and used as long as the database does not answer. */
  expire(): void {
    this.#forgetFlights();
    this.#entries.expire();
  }

  #forgetFlights(): void {
    this.#removals += 1;
    this.#flights.clear();
  }

  figures(): CacheFigures {
    const { size: maxSize, ttlMs } = this.#options;
    const { size, evictions } = this.#entries;
    return { size, maxSize, ttlSeconds: ttlMs / 1000, evictions, ...this.#counts };
  }

  ready(): Promise<void> {
    return this.#options.lookUp.ready();
  }

  close(): Promise<void> {
    return this.#options.lookUp.close();
  }
}
