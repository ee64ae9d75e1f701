import type { Item, Key, Values } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { BusinessId } from '../../domain/business.ts';
import { expiryOf, monthOf, oldestMonth, type PricedPart } from '../../domain/pricing.ts';
import type { TokenUsage } from '../../domain/usage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Costs } from '../../ports/store.ts';
import { costFrom, tokensFrom } from './items/cost.ts';
import { costKey, costPartition, tokenKey, tokenPartition } from './items/keys.ts';

interface CostPorts {
  readonly conversations: Table;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The counts: one item for each month, business and price, and one for the tokens of each month and business. */
export function openCosts({ conversations, clock, newId }: CostPorts) {
  async function add(key: Key, month: string, set: Values, counts: Readonly<Record<string, number>>) {
    const written_by = newId();
    await conversations.update(key, {
      set: { ...set, written_by, expires_at: expiryOf(month) / 1000 },
      add: counts,
      // The SDK repeats a call whose response was lost: the repeated one must not add again.
      when: 'attribute_not_exists(#written_by) OR #written_by <> :written_by',
      values: { written_by },
    });
  }

  /** Resolves to the items of a month; none when it is too old. */
  async function ofMonth(month: string, partition: string): Promise<Item[]> {
    if (month < oldestMonth(clock.now())) return [];
    return conversations.query({ where: '#conversation = :month', values: { month: partition } });
  }

  return {
    /** Adds the parts to their counts, with one write for each count. */
    async count(priced: readonly PricedPart[]): Promise<void> {
      const equal = new Map<string, { readonly part: PricedPart; readonly parts: number }>();
      for (const part of priced) {
        const key = JSON.stringify(part);
        equal.set(key, { part, parts: (equal.get(key)?.parts ?? 0) + 1 });
      }
      await Promise.all(
        [...equal.values()].map(({ part, parts }) => add(costKey(part), part.month, { ...part }, { parts })),
      );
    },

    /** Adds the tokens of one answer, with one write. */
    async countTokens(business: BusinessId, { inputTokens, outputTokens }: TokenUsage): Promise<void> {
      const month = monthOf(clock.now());
      const counts = { answers: 1, input_tokens: inputTokens, output_tokens: outputTokens };
      await add(tokenKey(month, business), month, { business }, counts);
    },

    async costs(month: string) {
      return (await ofMonth(month, costPartition(month))).map(costFrom);
    },

    async tokens(month: string) {
      return (await ofMonth(month, tokenPartition(month))).map(tokensFrom);
    },
  } satisfies Costs & { count: unknown; countTokens: unknown };
}

export type CostCounts = ReturnType<typeof openCosts>;
