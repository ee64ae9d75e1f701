import type { BusinessId } from '../domain/business.ts';

/** Counts the turns of each business in a minute, for all processes that share a store. */
export interface TurnCounter {
  /**
   * Counts one more turn in this minute (since 1970). Resolves to how many there are now, this one included. Throws
   * `Unavailable`.
   */
  count(business: BusinessId, minute: number): Promise<number>;
}
