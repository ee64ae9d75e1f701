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

/** Edits and revokes: made at once where the message waits, remembered for it where it has not come. */
export function correcting({ clock, secret, messages, conversations, corrections, busy }: Records) {
  return {
    /** Changes a message of the same conversation that still waits. One that a turn has taken stays as it is. */
    correct(correction: Correction, ownId: string, conversation: ConversationId): void {
      const id = rememberedId(secret, originalOf(correction)).toString('base64url');
      const change = changeOf(correction, ownId);
      const stored = messages.get(id);
      if (stored !== undefined) {
        if (stored.conversation === conversation && stored.state === 'waiting') apply(change, stored);
        return;
      }
      const key = keyOf(id, conversation);
      const known = corrections.get(key);
      if (!isNewer(change, known?.change.stamp)) return;
      corrections.set(key, { message: id, conversation, change, receivedAt: clock.now() });
    },

    /** What a message that comes now says, after the corrections that came before it. Undefined: it was taken back. */
    meet(id: string, conversation: ConversationId, message: Message): Message | undefined {
      const key = keyOf(id, conversation);
      const ahead = corrections.get(key);
      corrections.delete(key);
      return ahead === undefined ? message : corrected(message, ahead.change);
    },

    /** Deletes those whose message will not come any more. */
    forgetOld(): void {
      const before = clock.now() - TEXT_KEPT_MS;
      for (const [key, { receivedAt }] of corrections) if (receivedAt < before) corrections.delete(key);
    },

    /** Takes the words away and keeps the ids: a message that comes after the erasure of its person is not asked. */
    erase(conversation: ConversationId): void {
      for (const [key, ahead] of corrections) {
        if (ahead.conversation !== conversation) continue;
        corrections.delete(key);
        messages.set(ahead.message, {
          ...{ arrival: 0, receivedAt: ahead.receivedAt, conversation: '' },
          ...{ state: 'done', message: undefined },
        });
      }
    },
  };

  function apply(change: Change, stored: StoredMessage): void {
    const { message } = stored;
    stored.message = message && corrected(message, change);
    if (stored.message !== undefined) return;
    stored.state = 'done';
    const held = conversations.get(stored.conversation);
    if (held === undefined) return;
    held.waiting = held.waiting.filter((other) => other !== stored);
    if (held.turn === undefined && held.waiting.length === 0) busy.delete(held);
  }
}

export type Correcting = ReturnType<typeof correcting>;

function keyOf(id: string, conversation: ConversationId): string {
  return `${id}|${conversation}`;
}
