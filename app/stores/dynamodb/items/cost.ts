import { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';
import type { Cost } from '../../../domain/pricing.ts';
import type { TokenCount } from '../../../domain/usage.ts';
import { readItem } from './read.ts';

const schema = z.object({
  ...{ business: z.string(), month: z.string(), category: z.string(), country: z.string() },
  billable: z.boolean(),
  parts: z.number(),
});

/** How many parts of a business were delivered in a month at one price. */
export function costFrom(item: Item): Cost {
  return readItem(schema, item);
}

const tokens = z.object({
  ...{ business: z.string(), answers: z.number() },
  ...{ input_tokens: z.number(), output_tokens: z.number() },
});

export function tokensFrom(item: Item): TokenCount {
  const { business, answers, input_tokens, output_tokens } = readItem(tokens, item);
  return { business, answers, inputTokens: input_tokens, outputTokens: output_tokens };
}
