import { z } from 'zod';
import type { KnownThread } from '../domain/conversation.ts';

/**
 * What is known of a thread besides its id and time, as one text of a row. It names both: a program of an older version,
 * which works beside this one during a deployment, writes them and leaves this text as it was.
 */

const asked = z.object({
  turn: z.string(),
  before: z.number(),
  at: z.number(),
  empty: z.number(),
  failed: z.boolean(),
});
const state = z.object({
  id: z.string(),
  lastAt: z.number(),
  questions: z.number().optional(),
  asked: asked.optional(),
});

export function threadStateText(thread: KnownThread): string {
  return JSON.stringify(thread);
}

export function threadFrom(id: string, lastAt: number, text: string | null | undefined): KnownThread {
  const known = text ? state.parse(JSON.parse(text)) : undefined;
  if (known?.id !== id || known.lastAt !== lastAt) return { id, lastAt };
  return {
    id,
    lastAt,
    ...(known.questions !== undefined && { questions: known.questions }),
    ...(known.asked !== undefined && { asked: known.asked }),
  };
}
