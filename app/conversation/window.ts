import type { Conversation } from '../domain/conversation.ts';
import { OUTSIDE_WINDOW, Refused } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import type { Turn } from '../domain/turn.ts';
import { isFromPerson } from './standing.ts';

/** The platform accepts free text for this long after a person's message, and only templates later (Meta, "Customer service windows"). */
const WINDOW_MS = 24 * 60 * 60 * 1000;
/** A send takes seconds, and the platform's clock is not ours. */
const MARGIN_MS = 60_000;

/** Returns whether the platform still accepts free text. `inboundAt`: when the person's newest message was sent. Pure. */
export function isWindowOpen(inboundAt: number, now: number): boolean {
  return now - inboundAt < WINDOW_MS - MARGIN_MS;
}

/**
 * Returns when the person's newest known message was sent, by the platform's clock, in milliseconds since 1970: of the turn,
 * or of an earlier one that is newer, as when a dead letter was sent back after the person wrote again. Pure.
 */
export function newestInbound(
  { standing }: Pick<Conversation, 'standing'>,
  { messages, newestAt }: Pick<Turn, 'messages' | 'newestAt'>,
): number {
  // A reopened turn has no messages any more.
  const ofTurn = messages.length === 0 ? newestAt : Math.max(0, ...messages.map(personSentAt));
  return Math.max(ofTurn, standing?.inboundAt ?? 0);
}

function personSentAt(message: Message): number {
  return isFromPerson(message) ? message.sentAt : 0;
}

export function outsideWindow(cause?: Error): Refused {
  return new Refused(
    'more than 24 hours have passed since the person wrote, and the platform accepts no free text',
    { code: OUTSIDE_WINDOW, cause },
  );
}
