import { oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import type { Costs } from '../../ports/store.ts';
import type { Records } from './records.ts';

/** The counts of delivered parts. */
export function costs({ clock, costs: counts }: Records): Costs {
  return {
    tokens: async () => [],
    async costs(month) {
      if (month < oldestMonth(clock.now())) return [];
      return [...counts.values()].filter((cost) => cost.month === month);
    },
  };
}

export function countPart({ costs: counts }: Records, part: PricedPart): void {
  const key = JSON.stringify(part);
  counts.set(key, { ...part, parts: (counts.get(key)?.parts ?? 0) + 1 });
}
