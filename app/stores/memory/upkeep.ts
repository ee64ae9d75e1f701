import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '../../conversation/retention.ts';
import type { ConversationId, ConversationStore } from '../../ports.ts';
import {
  oldestArrival,
  oldestWork,
  type Records,
  type StoredConversation,
  type StoredTurn,
} from './records.ts';

type Upkeep = Pick<ConversationStore, 'due' | 'backlog' | 'deadLetters' | 'redrive' | 'forgetOld' | 'erase'>;

/** What runs beside the conversations: the sweep, the figures, dead letters, forgetting. */
export function upkeep(records: Records): Upkeep {
  const { clock, messages, conversations, identities, turns, parts, partKeys, busy } = records;

  return {
    async due(limit, olderThanMs) {
      const now = clock.now();
      return [...busy]
        .filter((conversation) => conversation.leaseUntil <= now && conversation.retryAt <= now)
        .filter(
          ({ turn, failed, waiting }) =>
            turn !== undefined || failed.length > 0 || oldestArrival(waiting) <= now - olderThanMs,
        )
        .sort((a, b) => oldestWork(a) - oldestWork(b))
        .slice(0, limit)
        .map(({ conversation }) => conversation.id);
    },

    async backlog() {
      const open = [...busy].flatMap(({ waiting, turn }) => [
        ...waiting,
        ...(turn?.buried ? [] : (turn?.messages ?? [])),
      ]);
      const deadLetters = [...turns.values()].filter((turn) => turn.buried !== undefined).length;
      const oldestAt = open.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Infinity);
      return { waiting: open.length, deadLetters, ...(open.length > 0 && { oldestAt }) };
    },

    async deadLetters(limit) {
      return [...turns.values()]
        .flatMap(({ id, conversation, buried, newestAt, messages: own }) =>
          buried === undefined
            ? []
            : [
                {
                  turnId: id,
                  conversation,
                  reason: buried.reason,
                  buriedAt: buried.at,
                  messages: own.length,
                  newestAt,
                },
              ],
        )
        .sort((a, b) => b.buriedAt - a.buriedAt)
        .slice(0, limit);
    },

    async redrive(turnId) {
      const turn = turns.get(turnId);
      const conversation = conversations.get(turn?.conversation ?? '');
      if (turn?.buried === undefined || !turn.finished || conversation === undefined) return undefined;
      busy.add(conversation);
      if (turn.reopened) {
        delete turn.buried;
        conversation.failed.push(turn);
        return turn.conversation;
      }
      for (const stored of turn.messages) stored.state = 'waiting';
      conversation.waiting.push(...turn.messages);
      forgetTurn(turn);
      return turn.conversation;
    },

    async forgetOld() {
      const now = clock.now();
      let gone = 0;
      for (const [id, stored] of messages) {
        if (stored.state === 'done' && stored.receivedAt < now - IDS_KEPT_MS) {
          messages.delete(id);
          gone += 1;
        }
      }
      for (const turn of turns.values()) {
        if (!turn.finished || conversations.get(turn.conversation)?.failed.includes(turn)) continue;
        const age = now - turn.openedAt;
        if (age > TEXT_KEPT_MS) for (const part of turn.parts ?? []) part.text = '';
        if (age <= (turn.buried === undefined ? IDS_KEPT_MS : DEAD_LETTERS_KEPT_MS)) continue;
        for (const stored of turn.messages) Object.assign(stored, { state: 'done', message: undefined });
        forgetTurn(turn);
        gone += 1;
      }
      const buried = [...turns.values()].filter((turn) => turn.buried !== undefined);
      const lettersOf = new Set(buried.map((turn) => turn.conversation));
      for (const [id, conversation] of conversations) {
        if (busy.has(conversation) || conversation.lastAt >= now - IDS_KEPT_MS || lettersOf.has(id)) continue;
        forgetConversation(conversation);
        gone += 1;
      }
      return gone;
    },

    async erase(identity) {
      const found = conversationsOf(identity);
      for (const id of found) {
        const conversation = conversations.get(id);
        if (conversation !== undefined) forgetConversation(conversation);
        for (const turn of [...turns.values()]) if (turn.conversation === id) forgetTurn(turn);
        for (const stored of messages.values()) {
          if (stored.conversation === id) Object.assign(stored, { state: 'done', message: undefined });
        }
      }
      return found.size;
    },
  };

  /**
   * Those that it leads to or that hold it, and those that hold what leads to one of these: an identity that was seen
   * with two people leads to the newer one.
   */
  function conversationsOf(identity: string): ReadonlySet<ConversationId> {
    const found = new Set<ConversationId>();
    const names = new Set([identity]);
    for (const name of names) {
      const holders = [...conversations.values()]
        .map(({ conversation }) => conversation)
        .filter(({ account, person }) => [account, person.phone, person.userId].includes(name));
      const led = [...identities].filter(([key]) => nameIn(key) === name).map(([, id]) => id);
      for (const id of [...holders.map((holder) => holder.id), ...led]) found.add(id);
      for (const [key, id] of identities) if (found.has(id)) names.add(nameIn(key));
    }
    return found;
  }

  function forgetTurn(turn: StoredTurn): void {
    turns.delete(turn.id);
    for (const part of turn.parts ?? []) {
      parts.delete(part.key);
      partKeys.delete(part.sends.platformId ?? '');
    }
  }

  function forgetConversation(conversation: StoredConversation): void {
    busy.delete(conversation);
    conversations.delete(conversation.conversation.id);
    for (const [name, id] of identities) if (id === conversation.conversation.id) identities.delete(name);
  }
}

function nameIn(identityKey: string): string {
  return identityKey.split('|')[2] ?? '';
}
