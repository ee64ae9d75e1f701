import type { ConversationId } from '../../domain/conversation.ts';
import { conversationsToErase } from '../../domain/identity/erasure.ts';
import { ownerNow } from '../../domain/identity/history.ts';
import type { DeadLetter, Operations } from '../../ports/store.ts';
import type { Corrections } from './corrections.ts';
import { deleteConversation, deleteTurn, nameIn, type Records, type StoredTurn } from './records.ts';
import { showing } from './shown.ts';

/** Conversations as operators see them, dead letters and erasure. */
export function operations(records: Records, corrections: Corrections): Operations {
  const { messages, conversations, histories, turns, busy } = records;

  return {
    ...showing(records, conversationsOf),

    async deadLetters(limit) {
      return [...turns.values()]
        .flatMap((turn) => deadLetterOf(turn) ?? [])
        .sort((a, b) => b.gaveUpAt - a.gaveUpAt)
        .slice(0, limit);
    },

    async redrive(turnId) {
      const turn = turns.get(turnId);
      const conversation = conversations.get(turn?.conversation ?? '');
      if (turn?.gaveUp === undefined || !turn.finished || conversation === undefined) return undefined;
      busy.add(conversation);
      if (turn.reopened) {
        delete turn.gaveUp;
        conversation.failed.push(turn);
        return turn.conversation;
      }
      for (const stored of turn.messages) stored.state = 'waiting';
      conversation.waiting.push(...turn.messages);
      deleteTurn(records, turn);
      return turn.conversation;
    },

    async erase(identity) {
      const found = conversationsOf(identity);
      for (const id of found) {
        corrections.erase(id);
        for (const turn of [...turns.values()]) if (turn.conversation === id) deleteTurn(records, turn);
        const conversation = conversations.get(id);
        if (conversation !== undefined) deleteConversation(records, conversation);
        for (const stored of messages.values()) {
          if (stored.conversation !== id) continue;
          Object.assign(stored, { state: 'done', message: undefined, conversation: '' });
        }
      }
      return found.size;
    },

    async purge() {
      return true;
    },
  };

  function conversationsOf(identity: string): ReadonlySet<ConversationId> {
    return conversationsToErase(identity, {
      historiesOf: (name) =>
        [...histories].flatMap(([key, history]) => (nameIn(key) === name ? [history] : [])),
      historiesWith: (id) =>
        [...histories]
          .filter(([, history]) => history.some(({ conversation }) => conversation === id))
          .map(([key, history]) => ({ name: nameIn(key), history })),
      hasName: (id) => [...histories.values()].some((history) => ownerNow(history) === id),
    });
  }
}

function deadLetterOf({ id, conversation, gaveUp, newestAt, messages }: StoredTurn): DeadLetter | undefined {
  if (gaveUp === undefined) return undefined;
  const { reason, at } = gaveUp;
  return { turnId: id, conversation, reason, gaveUpAt: at, messages: messages.length, newestAt };
}
