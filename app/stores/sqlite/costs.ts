import type { DatabaseSync } from 'node:sqlite';
import type { BusinessId } from '../../domain/business.ts';
import { type Cost, monthOf, oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import type { TokenCount, TokenUsage } from '../../domain/usage.ts';
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

/** Returns a function that counts the tokens of one answer. */
export function countingTokens(database: DatabaseSync) {
  const count = query(
    database,
    `INSERT INTO tokens (month, business, answers, input_tokens, output_tokens) VALUES (?, ?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET answers = answers + 1, input_tokens = input_tokens + excluded.input_tokens,
       output_tokens = output_tokens + excluded.output_tokens`,
  );
  return (now: number, business: BusinessId, { inputTokens, outputTokens }: TokenUsage): void =>
    void count.run(monthOf(now), business, inputTokens, outputTokens);
}

/** The counts of delivered parts and of tokens. */
export function costs(database: DatabaseSync) {
  const ofMonth = query<CostRow>(database, 'SELECT * FROM costs WHERE month = ?');
  const tokensOfMonth = query<TokenCount>(
    database,
    `SELECT business, answers, input_tokens AS inputTokens, output_tokens AS outputTokens
     FROM tokens WHERE month = ?`,
  );

  return {
    costs(now: number, month: string): Cost[] {
      if (month < oldestMonth(now)) return [];
      return ofMonth.all(month).map((row) => ({ ...row, billable: row.billable === 1 }));
    },

    tokens(now: number, month: string): TokenCount[] {
      if (month < oldestMonth(now)) return [];
      return tokensOfMonth.all(month).map((row) => ({ ...row }));
    },
  };
}
