import type { BusinessId } from '../../domain/business.ts';
import { monthOf, oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import type { TokenUsage } from '../../domain/usage.ts';
import type { Costs } from '../../ports/store.ts';
import type { Records } from './records.ts';

/** The counts of delivered parts and of tokens. */
export function costs({ clock, costs: counts, tokens }: Records): Costs {
  return {
    async costs(month) {
      if (month < oldestMonth(clock.now())) return [];
      return [...counts.values()].filter((cost) => cost.month === month);
    },

    async tokens(month) {
      if (month < oldestMonth(clock.now())) return [];
      const ofMonth = [...tokens.values()].filter((count) => count.month === month);
      return ofMonth.map(({ month: _, ...count }) => count);
    },
  };
}

export function countPart({ costs: counts }: Records, part: PricedPart): void {
  const key = JSON.stringify(part);
  counts.set(key, { ...part, parts: (counts.get(key)?.parts ?? 0) + 1 });
}

/** Counts the tokens of one answer. */
export function countTokens({ clock, tokens }: Records, business: BusinessId, usage: TokenUsage): void {
  const month = monthOf(clock.now());
  const key = `${month}|${business}`;
  const before = tokens.get(key);
  tokens.set(key, {
    ...{ month, business, answers: (before?.answers ?? 0) + 1 },
    inputTokens: (before?.inputTokens ?? 0) + usage.inputTokens,
    outputTokens: (before?.outputTokens ?? 0) + usage.outputTokens,
  });
}
