import type { StoredBusiness } from './document.ts';

/** Where businesses are stored, as the cache asks it. */
export interface BusinessLookUp {
  /**
   * Resolves to undefined when the number belongs to no active business. Throws `Unavailable` when the owner cannot be known:
   * the look-up failed, or what is stored cannot be used (`isUnusable`).
   */
  find(number: string): Promise<StoredBusiness | undefined>;
  /**
   * Active businesses in batches, the newest first. Each batch is read when it is asked for. Throws `Unavailable`. Businesses
   * that cannot be used are absent.
   */
  newest(): AsyncIterable<readonly StoredBusiness[]>;
  /** Resolves if look-ups work. Throws `Unavailable` with a reason for the operator. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
