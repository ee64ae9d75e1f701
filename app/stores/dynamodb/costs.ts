import type { Table } from '../../aws/table.ts';
import { expiryOf, oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Costs } from '../../ports/store.ts';
import { costFrom } from './items/cost.ts';
import { costKey, costPartition } from './items/keys.ts';

interface CostPorts {
  readonly conversations: Table;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The counts of delivered parts: one item for each month, business and price. */
export function openCosts({ conversations, clock, newId }: CostPorts) {
  async function add(part: PricedPart, parts: number): Promise<void> {
    const written_by = newId();
    await conversations.update(costKey(part), {
      set: { ...part, written_by, expires_at: expiryOf(part.month) / 1000 },
      add: { parts },
      // The SDK repeats a call whose response was lost: the repeated one must not add again.
      when: 'attribute_not_exists(#written_by) OR #written_by <> :written_by',
      values: { written_by },
    });
  }

  return {
    /** Adds the parts to their counts, with one write for each count. */
    async count(priced: readonly PricedPart[]): Promise<void> {
      const equal = new Map<string, { readonly part: PricedPart; readonly parts: number }>();
      for (const part of priced) {
        const key = JSON.stringify(part);
        equal.set(key, { part, parts: (equal.get(key)?.parts ?? 0) + 1 });
      }
      await Promise.all([...equal.values()].map(({ part, parts }) => add(part, parts)));
    },

    tokens: async () => [],
    async costs(month: string) {
      if (month < oldestMonth(clock.now())) return [];
      const items = await conversations.query({
        where: '#conversation = :month',
        values: { month: costPartition(month) },
      });
      return items.map(costFrom);
    },
  } satisfies Costs & { count: unknown };
}

export type CostCounts = ReturnType<typeof openCosts>;
