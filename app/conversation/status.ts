import { activeHandOff } from '../domain/conversation.ts';
import { hasFailed } from '../domain/part.ts';
import type { ShownConversation } from '../ports/store.ts';

/**
 * The state of a conversation in one word. `waiting`: messages that no turn has taken. `processing_reply`: a worker is on it.
 * `retry`: an open turn, or a part that failed later, waits for its next attempt. `failed`: the newest turn was given up.
 * `template_sent`: it was given up, or answered, with the platform's template. `idle`: none of these, such as a conversation
 * whose messages need no reply.
 */
export type ConversationStatus =
  | 'processing_reply'
  | 'failed'
  | 'retry'
  | 'opted_out'
  | 'handed_off'
  | 'waiting'
  | 'template_sent'
  | 'reply_sent'
  | 'idle';

/**
 * Returns the first status that holds, in this order: what is being worked on (`processing_reply`, then `failed` while the
 * apology of an open turn is not sent, then `retry`), why the assistant is quiet (`opted_out`, `handed_off`), what waits
 * (`waiting`), and how the newest turn ended (`template_sent`, `failed`, `reply_sent`). A dead letter of an earlier turn is no
 * status. Pure; `now` in milliseconds since 1970.
 */
export function statusOf(shown: Omit<ShownConversation, 'lastAt'>, now: number): ConversationStatus {
  const { conversation, turn, leaseUntil = 0, waiting } = shown;
  const { standing } = conversation;
  const isGivenUp = turn?.gaveUpReason !== undefined;
  const parts = turn?.parts ?? [];
  const sent = parts.filter((part) => part.state === 'sent' && !hasFailed(part));
  if (leaseUntil > now) return 'processing_reply';
  if (turn?.isOpen) return isGivenUp ? 'failed' : 'retry';
  if (!isGivenUp && parts.some(hasFailed)) return 'retry';
  if (standing?.optedOutAt !== undefined) return 'opted_out';
  if (activeHandOff(standing, now) !== undefined) return 'handed_off';
  if (waiting > 0) return 'waiting';
  if (sent.at(-1)?.isTemplate) return 'template_sent';
  if (isGivenUp) return 'failed';
  return sent.length > 0 ? 'reply_sent' : 'idle';
}
