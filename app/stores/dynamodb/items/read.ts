import type { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';

/** Parses an item. Throws for an unknown shape: a newer release or another program wrote it. */
export function readItem<Schema extends z.ZodType>(schema: Schema, item: Item): z.infer<Schema> {
  const read = schema.safeParse(item);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`an item in DynamoDB cannot be read: ${issue?.path.join('.')}: ${issue?.message}`);
}
