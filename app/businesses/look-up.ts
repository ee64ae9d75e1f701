import { Unavailable } from '../domain/errors.ts';
import type { StoredBusiness } from './document.ts';

/** Where businesses are stored, as the cache asks it. */
export interface BusinessLookUp {
  /**
   * Resolves to undefined when the number belongs to no active business. Throws `Unavailable` when nobody knows: the look-up
   * failed, or what is stored cannot be used (`isUnusable`).
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

/** An operator corrects the database meanwhile. */
const RETRY_MS = 30_000;

/** Returns the failure of a look-up that worked and found what only an operator can correct. */
export function unusable(message: string, code: string): Unavailable {
  const alarm = 'business-unusable';
  return new Unavailable(message, { scope: 'number', alarm, code, retryAfterMs: RETRY_MS });
}

export function isUnusable(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.alarm === 'business-unusable';
}
