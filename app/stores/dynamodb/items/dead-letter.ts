import { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';
import { type MessageRef, readRef } from './message-ref.ts';
import { readItem } from './read.ts';

const schema = z.object({
  ...{ conversation: z.string(), turn: z.string(), reason: z.string() },
  ...{ newest_at: z.number(), messages: z.array(z.string()), at: z.number() },
  attempts: z.number().optional(),
});

export interface DeadLetterItem extends Omit<z.infer<typeof schema>, 'messages'> {
  readonly messages: readonly MessageRef[];
}

export function deadLetterFrom(item: Item): DeadLetterItem {
  const stored = readItem(schema, item);
  return { ...stored, messages: stored.messages.map((ref) => readRef(ref)) };
}

/** A dead letter as projected into the index. */
export const indexedDeadLetter = z.object({
  ...{ conversation: z.string(), item: z.string() },
  at: z.number(),
});
