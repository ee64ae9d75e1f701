import type { Cost } from '../../domain/pricing.ts';
import type { TokenCount } from '../../domain/usage.ts';

/** What delivered parts and answers cost. Counts belong to no person and survive an erasure. */
export interface Costs {
  /**
   * Resolves to the counts of parts, by `recordStatuses`, of a month (UTC, `2026-11`) for all businesses, in any order; none for a month older than 25
   * months.
   */
  costs(month: string): Promise<readonly Cost[]>;
  /**
   * Resolves to the tokens that `writeReply` has counted in a month (UTC), one count for each business, in any order; none for
   * a month older than 25 months.
   */
  tokens(month: string): Promise<readonly TokenCount[]>;
}
