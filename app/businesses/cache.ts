import { LRUCache } from 'lru-cache';
import type { BusinessId } from '../domain/business.ts';
import { Unavailable } from '../domain/errors.ts';
import type { ChannelName } from '../domain/message.ts';
import type { CacheFigures } from '../ports/business-cache.ts';
import type { Business, Businesses } from '../ports/businesses.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredBusiness } from './document.ts';
import { type BusinessLookUp, isUnusable } from './look-up.ts';

/** docs/decisions/0021 has the reasons of the rules and of their figures. */

/** Of the TTL, in both directions: what was loaded together does not expire together. */
const JITTER = 0.1;
/** An expired business is used for this long while the database does not answer. */
const STALE_MS = 60 * 60_000;
/** A number of no business may become one's at any time. */
const NEGATIVE_MS = { min: 30_000, max: 60_000 };
/** An operator who has solved a conflict does not wait. */
const UNUSABLE_MS = 5_000;
/** Their memory is bounded, and they remove no business. */
const MAX_NEGATIVE = 10_000;
/** After a failure, one look-up in this time finds out whether the database is back; the others do not wait for it. */
const RETRY_MS = 5_000;
/** Meta's numbers have 15 to 17 digits. Longer ones are nobody's, and are kept out of the memory. */
const MAX_NUMBER_LENGTH = 64;

interface CacheOptions {
  readonly lookUp: BusinessLookUp;
  /** The channel whose numbers are looked up; on others there is no business. */
  readonly channel: ChannelName;
  readonly businessAt: (stored: StoredBusiness, number: string) => Business;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly jitter: () => number;
  readonly ttlMs: number;
  /** Numbers of businesses. */
  readonly size: number;
  /** Called when an expired business is used, with the reason. */
  readonly onStale: (failure: Unavailable) => void;
}

/** Encrypted secrets only: `Business` decrypts with each call. */
interface Entry {
  readonly id: BusinessId;
  readonly found: Promise<Business>;
  readonly loadedAt: number;
  readonly expiresAt: number;
  readonly generation: number;
}

/** No business, or one that cannot be used. */
interface Negative {
  readonly loadedAt: number;
  readonly expiresAt: number;
  readonly generation: number;
  readonly failure?: Unavailable;
}

const NO_BUSINESS = Promise.resolve(undefined);

/** Businesses of a look-up, cached in this process. Ids of businesses are those of their documents here. */
export class CachedBusinesses implements Businesses {
  readonly #options: CacheOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #negatives = new LRUCache<string, Negative>({ max: MAX_NEGATIVE });
  readonly #numbersOf = new Map<BusinessId, Set<string>>();
  readonly #flights = new Map<string, Promise<Business | undefined>>();
  readonly #counts = { hits: 0, negative: 0, stale: 0, misses: 0, evictions: 0, failures: 0 };
  #outage: { readonly failure: Unavailable; readonly retryAt: number } | undefined;
  /** Entries of an earlier one are expired. */
  #generation = 0;
  /** Counts removals: what was read before one is not cached after it. */
  #removals = 0;
  #warming: Promise<number> | undefined;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      max: options.size,
      dispose: ({ id }, number, reason) => {
        if (reason === 'evict') this.#counts.evictions += 1;
        const numbers = this.#numbersOf.get(id);
        numbers?.delete(number);
        if (numbers?.size === 0) this.#numbersOf.delete(id);
      },
    });
  }

  /** A number that is cached costs no look-up; several callers share one. */
  find(channel: ChannelName, number: string): Promise<Business | undefined> {
    if (channel !== this.#options.channel || number.length > MAX_NUMBER_LENGTH) return NO_BUSINESS;
    const now = this.#options.clock.now();
    const entry = this.#entries.get(number);
    if (entry !== undefined && this.#isFresh(entry, now)) {
      this.#counts.hits += 1;
      return entry.found;
    }
    const negative = this.#negatives.get(number);
    if (negative !== undefined && this.#isFresh(negative, now)) {
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
      const business = await (this.#flights.get(number) ?? this.#load(number, now));
      this.#counts.misses += 1;
      return business;
    } catch (error) {
      if (error instanceof Unavailable && !isUnusable(error)) return this.#withoutDatabase(expired, error);
      this.#counts.misses += 1;
      throw error;
    }
  }

  /** Throws the failure unless the expired entry may be used for it. */
  #withoutDatabase(expired: Entry | undefined, failure: Unavailable): Promise<Business> {
    if (expired === undefined || this.#options.clock.now() >= expired.expiresAt + STALE_MS) {
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
          if (stored !== undefined) return this.#store(number, stored).found;
          this.#deny(number);
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

  #store(number: string, stored: StoredBusiness): Entry {
    const { ttlMs, jitter, businessAt, clock } = this.#options;
    const loadedAt = clock.now();
    const expiresAt = loadedAt + ttlMs * (1 - JITTER + 2 * JITTER * jitter());
    const found = Promise.resolve(businessAt(stored, number));
    const entry = { id: stored.id, found, loadedAt, expiresAt, generation: this.#generation };
    this.#negatives.delete(number);
    this.#entries.set(number, entry);
    const numbers = this.#numbersOf.get(stored.id) ?? new Set();
    this.#numbersOf.set(stored.id, numbers.add(number));
    return entry;
  }

  #deny(number: string, failure?: Unavailable): void {
    const { ttlMs, jitter, clock } = this.#options;
    const { min, max } = NEGATIVE_MS;
    const loadedAt = clock.now();
    const forMs = failure === undefined ? min + (max - min) * jitter() : UNUSABLE_MS;
    this.#entries.delete(number);
    this.#negatives.set(number, {
      ...{ loadedAt, expiresAt: loadedAt + Math.min(ttlMs, forMs), generation: this.#generation },
      ...(failure !== undefined && { failure }),
    });
  }

  #fail(error: unknown, number: string | undefined): void {
    this.#counts.failures += 1;
    if (isUnusable(error)) {
      this.#outage = undefined;
      if (number !== undefined) this.#deny(number, error);
    } else if (error instanceof Unavailable) {
      this.#outage = { failure: error, retryAt: this.#options.clock.now() + RETRY_MS };
    }
  }

  /** A clock that was set back expires what was loaded before. */
  #isFresh({ loadedAt, expiresAt, generation }: Omit<Entry, 'id' | 'found'>, now: number): boolean {
    return now < expiresAt && now >= loadedAt && generation === this.#generation;
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
    const { lookUp, size } = this.#options;
    let loaded = 0;
    let removals = this.#removals;
    for await (const batch of lookUp.newest()) {
      this.#outage = undefined;
      // Something was removed while the batch was read: it may hold what was removed.
      const current = removals === this.#removals;
      for (const stored of current ? batch : []) {
        for (const number of stored.numbers) {
          if (owners.has(number)) {
            // A number of two businesses is left to its look-up, which reports it.
            if (owners.get(number) !== stored.id && this.#entries.delete(number)) loaded -= 1;
            continue;
          }
          if (!this.#entries.has(number) && this.#entries.size >= size) return loaded;
          owners.set(number, stored.id);
          this.#store(number, stored);
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
    this.#negatives.clear();
    return size;
  }

  /** Returns whether the number was cached. Idempotent. */
  remove(number: string): boolean {
    this.#removals += 1;
    this.#flights.delete(number);
    const wasNegative = this.#negatives.delete(number);
    return this.#entries.delete(number) || wasNegative;
  }

  /** Removes all numbers of a business. Idempotent. */
  removeBusiness(id: BusinessId): void {
    // Of numbers that are being looked up the business is not known yet.
    this.#forgetFlights();
    for (const number of [...(this.#numbersOf.get(id) ?? [])]) this.#entries.delete(number);
  }

  /** What is cached may have changed: it is looked up again, and used as long as the database does not answer. */
  expire(): void {
    this.#forgetFlights();
    this.#negatives.clear();
    this.#generation += 1;
  }

  #forgetFlights(): void {
    this.#removals += 1;
    this.#flights.clear();
  }

  figures(): CacheFigures {
    const { size: maxSize, ttlMs } = this.#options;
    return { size: this.#entries.size, maxSize, ttlSeconds: ttlMs / 1000, ...this.#counts };
  }

  ready(): Promise<void> {
    return this.#options.lookUp.ready();
  }

  close(): Promise<void> {
    return this.#options.lookUp.close();
  }
}
