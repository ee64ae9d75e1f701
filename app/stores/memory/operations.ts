import type { ConversationId } from '../../domain/conversation.ts';
import { conversationsToErase } from '../../domain/identity/erasure.ts';
import { ownerNow } from '../../domain/identity/history.ts';
import type { Operations } from '../../ports/store.ts';
import { textsIn } from '../search.ts';
import type { Corrections } from './corrections.ts';
import { deadLetters } from './dead-letters.ts';
import { deleteConversation, deleteTurn, nameIn, type Records } from './records.ts';
import { oldestTexts, showing } from './shown.ts';

/** Conversations as operators see them, dead letters and erasure. */
export function operations(records: Records, corrections: Corrections): Operations {
  const { messages, conversations, histories, turns } = records;

  return {
    ...showing(records, conversationsOf),
    ...deadLetters(records),
    oldestTexts: async () => oldestTexts(records),

    async erase(identity) {
      const found = conversationsOf(identity);
      const names = namesOf(found);
      const erased = { messages: 0, parts: 0, deadLetters: 0, corrections: 0 };
      for (const id of found) {
        erased.corrections += corrections.erase(id);
        for (const turn of [...turns.values()].filter(({ conversation }) => conversation === id)) {
          erased.parts += turn.parts?.length ?? 0;
          if (turn.gaveUp !== undefined) erased.deadLetters += 1;
          deleteTurn(records, turn);
        }
        const conversation = conversations.get(id);
        if (conversation !== undefined) deleteConversation(records, conversation);
        for (const stored of messages.values()) {
          if (stored.conversation !== id) continue;
          Object.assign(stored, { state: 'done', message: undefined, conversation: '' });
          erased.messages += 1;
        }
      }
      const left = new Set([...histories.keys()].map(nameIn));
      return {
        ...erased,
        conversations: found.size,
        identities: names.filter((name) => !left.has(name)),
        identitiesOfOthers: names.filter((name) => left.has(name)),
      };
    },

    async purge() {
      return true;
    },

    async search(identities) {
      const { clock: _, newId: __, ...stored } = records;
      const kinds = Object.entries(stored).filter(([, kind]) => typeof kind === 'object');
      const found = kinds.map(([place, kind]) => ({
        place,
        count: [...kind].filter((one: unknown) =>
          textsIn(one).some((text) => identities.some((own) => text.includes(own))),
        ).length,
      }));
      return {
        searched: kinds.map(([place, kind]) => ({ place, size: (kind as Set<unknown>).size, unit: 'items' })),
        found: found.filter(({ count }) => count > 0),
      };
    },
  };

  /** Returns the identities that belong or belonged to one of the conversations. */
  function namesOf(found: ReadonlySet<ConversationId>): string[] {
    const own = [...histories].filter(([, history]) =>
      history.some(({ conversation }) => found.has(conversation)),
    );
    return [...new Set(own.map(([key]) => nameIn(key)))];
  }

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
