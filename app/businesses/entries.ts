import { LRUCache } from 'lru-cache';
import type { BusinessId } from '../domain/business.ts';
import type { Unavailable } from '../domain/errors.ts';
import type { Business } from '../ports/businesses.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredBusiness } from './document.ts';

/** docs/decisions/0021 has the reasons of these rules and of their figures. */

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

export interface EntriesOptions {
  readonly businessAt: (stored: StoredBusiness, number: string) => Business;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly jitter: () => number;
  readonly ttlMs: number;
  /** Numbers of businesses. */
  readonly size: number;
}

interface Lifetime {
  readonly loadedAt: number;
  readonly expiresAt: number;
  readonly generation: number;
}

/** Encrypted secrets only: `Business` decrypts with each call. */
export interface Entry extends Lifetime {
  readonly id: BusinessId;
  readonly found: Promise<Business>;
}

/** No business, or one that cannot be used. */
export interface Negative extends Lifetime {
  readonly failure?: Unavailable;
}

/** What is known of numbers, with its lifetime. Ids of businesses are those of their documents here. */
export class BusinessEntries {
  readonly #options: EntriesOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #negatives = new LRUCache<string, Negative>({ max: MAX_NEGATIVE });
  readonly #numbersOf = new Map<BusinessId, Set<string>>();
  /** Entries of an earlier one are expired. */
  #generation = 0;
  #evictions = 0;

  constructor(options: EntriesOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      max: options.size,
      dispose: ({ id }, number, reason) => {
        if (reason === 'evict') this.#evictions += 1;
        const numbers = this.#numbersOf.get(id);
        numbers?.delete(number);
        if (numbers?.size === 0) this.#numbersOf.delete(id);
      },
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Entries that were removed for newer ones. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Returns the business of a number, also an expired one. It is the most recently used one then. */
  businessOf(number: string): Entry | undefined {
    return this.#entries.get(number);
  }

  negativeOf(number: string): Negative | undefined {
    return this.#negatives.get(number);
  }

  /** A clock that was set back expires what was loaded before. */
  isFresh({ loadedAt, expiresAt, generation }: Lifetime, now: number): boolean {
    return now < expiresAt && now >= loadedAt && generation === this.#generation;
  }

  /** Returns whether an expired business may be used while the database does not answer. */
  isUsable({ expiresAt }: Lifetime, now: number): boolean {
    return now < expiresAt + STALE_MS;
  }

  /** Returns whether a number can be stored without removing another one. */
  hasRoomFor(number: string): boolean {
    return this.#entries.has(number) || this.#entries.size < this.#options.size;
  }

  store(number: string, stored: StoredBusiness): Promise<Business> {
    const { ttlMs, jitter, businessAt } = this.#options;
    const found = Promise.resolve(businessAt(stored, number));
    const lifetime = this.#lifetime(ttlMs * (1 - JITTER + 2 * JITTER * jitter()));
    this.#negatives.delete(number);
    this.#entries.set(number, { id: stored.id, found, ...lifetime });
    const numbers = this.#numbersOf.get(stored.id) ?? new Set();
    this.#numbersOf.set(stored.id, numbers.add(number));
    return found;
  }

  /** The number belongs to no business, or with a failure to one that cannot be used. */
  deny(number: string, failure?: Unavailable): void {
    const { ttlMs, jitter } = this.#options;
    const { min, max } = NEGATIVE_MS;
    const lifetimeMs = failure === undefined ? min + (max - min) * jitter() : UNUSABLE_MS;
    this.#entries.delete(number);
    this.#negatives.set(number, {
      ...this.#lifetime(Math.min(ttlMs, lifetimeMs)),
      ...(failure !== undefined && { failure }),
    });
  }

  #lifetime(ms: number): Lifetime {
    const loadedAt = this.#options.clock.now();
    return { loadedAt, expiresAt: loadedAt + ms, generation: this.#generation };
  }

  /** Returns whether something was known of the number. */
  remove(number: string): boolean {
    const wasNegative = this.#negatives.delete(number);
    return this.#entries.delete(number) || wasNegative;
  }

  removeBusiness(id: BusinessId): void {
    for (const number of [...(this.#numbersOf.get(id) ?? [])]) this.#entries.delete(number);
  }

  clear(): void {
    this.#entries.clear();
    this.#negatives.clear();
  }

  /** Businesses stay usable while the database does not answer. */
  expire(): void {
    this.#negatives.clear();
    this.#generation += 1;
  }
}
