import type { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';

/** Returns what an item means. Throws when its shape is another one: a newer release or another program wrote it. */
export function readItem<Schema extends z.ZodType>(schema: Schema, item: Item): z.infer<Schema> {
  const read = schema.safeParse(item);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`an item in DynamoDB cannot be read: ${issue?.path.join('.')}: ${issue?.message}`);
}
