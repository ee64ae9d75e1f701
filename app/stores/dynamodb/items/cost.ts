import { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';
import type { Cost } from '../../../domain/pricing.ts';
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
