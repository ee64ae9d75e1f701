import { z } from 'zod';
import type { ConversationId, Standing } from '../domain/conversation.ts';
import { parseJson } from '../json.ts';

/** The standing of a conversation, as one text in a row. */

const time = z.number().exactOptional();
const state = z.object({
  handOff: z
    .object({
      by: z.enum(['assistant', 'operator']),
      ...{ since: z.number(), until: z.number() },
      ...{ turn: z.string().exactOptional(), reason: z.string().exactOptional() },
    })
    .exactOptional(),
  ...{ optedOutAt: time, noticeAt: time, inboundAt: time },
});

export function standingText(standing: Standing): string {
  return JSON.stringify(standing);
}

/**
 * Throws for a text that another program broke: without it nobody knows whether the person asked for no more messages, so
 * none is sent. The message names the conversation and repeats nothing of the text.
 */
export function standingFrom(conversation: ConversationId, text: string): Standing {
  const read = state.safeParse(parseJson(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') || 'it';
  throw new Error(
    `the standing of the conversation ${conversation} cannot be read: ${where}: ${issue?.code}`,
  );
}
