import { z } from 'zod';
import type { KnownThread } from '../domain/conversation.ts';

/**
 * The state of a thread besides its id and time, as one text in a row. It repeats both: an older program, which runs beside
 * this one during a deployment, writes id and time only, and the text no longer matches.
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
