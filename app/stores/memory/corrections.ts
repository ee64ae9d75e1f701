import type { ConversationId } from '../../domain/conversation.ts';
import {
  type Change,
  type Correction,
  changeOf,
  corrected,
  isNewer,
  originalOf,
} from '../../domain/correction.ts';
import { rememberedId } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Records, StoredMessage } from './records.ts';

/** Edits and revokes: applied at once to a waiting message, stored for a message that has not arrived. */
export function corrections({ clock, secret, messages, conversations, corrections: stored, busy }: Records) {
  return {
    /** Changes a waiting message of the same conversation. A message that a turn has taken stays unchanged. */
    correct(correction: Correction, ownId: string, conversation: ConversationId): void {
      const id = rememberedId(secret, originalOf(correction)).toString('base64url');
      const made = changeOf(correction, ownId);
      const message = messages.get(id);
      if (message !== undefined) {
        if (message.conversation === conversation && message.state === 'waiting') change(message, made);
        return;
      }
      const key = keyOf(id, conversation);
      if (!isNewer(made, stored.get(key)?.change.stamp)) return;
      stored.set(key, { message: id, conversation, change: made, receivedAt: clock.now() });
    },

    /** Returns an arriving message with earlier corrections applied; undefined when it was revoked. */
    apply(id: string, conversation: ConversationId, message: Message): Message | undefined {
      const key = keyOf(id, conversation);
      const ahead = stored.get(key);
      stored.delete(key);
      return ahead === undefined ? message : corrected(message, ahead.change);
    },

    /** Deletes corrections whose message is no longer expected. Returns how many. */
    forgetOld(): number {
      const before = clock.now() - TEXT_KEPT_MS;
      const old = [...stored].filter(([, { receivedAt }]) => receivedAt < before);
      for (const [key] of old) stored.delete(key);
      return old.length;
    },

    /**
     * Deletes the contents and keeps the ids: a message that arrives after the erasure of its person gets no reply. Returns
     * how many there were.
     */
    erase(conversation: ConversationId): number {
      const before = stored.size;
      for (const [key, ahead] of stored) {
        if (ahead.conversation !== conversation) continue;
        stored.delete(key);
        messages.set(ahead.message, {
          ...{ arrival: 0, receivedAt: ahead.receivedAt, conversation: '' },
          ...{ state: 'done', message: undefined },
        });
      }
      return before - stored.size;
    },
  };

  function change(own: StoredMessage, made: Change): void {
    own.message = own.message && corrected(own.message, made);
    if (own.message !== undefined) return;
    own.state = 'done';
    const conversation = conversations.get(own.conversation);
    if (conversation === undefined) return;
    conversation.waiting = conversation.waiting.filter((other) => other !== own);
    if (conversation.turn === undefined && conversation.waiting.length === 0) busy.delete(conversation);
  }
}

export type Corrections = ReturnType<typeof corrections>;

function keyOf(id: string, conversation: ConversationId): string {
  return `${id}|${conversation}`;
}
