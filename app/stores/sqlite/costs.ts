import type { DatabaseSync } from 'node:sqlite';
import { type Cost, oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import { query } from './statements.ts';

interface CostRow extends Omit<Cost, 'billable'> {
  readonly billable: 0 | 1;
}

/** Returns a function that counts a delivered part. */
export function countingParts(database: DatabaseSync): (part: PricedPart) => void {
  const count = query(
    database,
    `INSERT INTO costs (month, business, category, country, billable, parts) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET parts = parts + 1`,
  );
  return ({ month, business, category, country, billable }) =>
    void count.run(month, business, category, country, billable ? 1 : 0);
}

/** The counts of delivered parts. */
export function costs(database: DatabaseSync) {
  const ofMonth = query<CostRow>(database, 'SELECT * FROM costs WHERE month = ?');

  return {
    costs(now: number, month: string): Cost[] {
      if (month < oldestMonth(now)) return [];
      return ofMonth.all(month).map((row) => ({ ...row, billable: row.billable === 1 }));
    },
  };
}
