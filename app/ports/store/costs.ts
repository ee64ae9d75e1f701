import type { Cost } from '../../domain/pricing.ts';

/** What delivered parts cost, counted by `recordStatuses`. Counts belong to no person and survive an erasure. */
export interface Costs {
  /**
   * Resolves to the counts of a month (UTC, `2026-11`) for all businesses, in any order; none for a month older than 25
   * months.
   */
  costs(month: string): Promise<readonly Cost[]>;
}
