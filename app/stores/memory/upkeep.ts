import type { ConversationId } from '../../domain/conversation.ts';
import { type History, ownerNow, withoutOwner } from '../../domain/identity/history.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { ConversationStore } from '../../ports/store.ts';
import type { Correcting } from './correcting.ts';
import {
  oldestArrival,
  oldestWork,
  type Records,
  type StoredConversation,
  type StoredTurn,
} from './records.ts';

type Upkeep = Pick<ConversationStore, 'due' | 'backlog' | 'deadLetters' | 'redrive' | 'forgetOld' | 'erase'>;

/** What runs beside the conversations: the sweep, the figures, dead letters, forgetting. */
export function upkeep(records: Records, corrections: Correcting): Upkeep {
  const { clock, messages, conversations, histories, turns, parts, partKeys, busy } = records;

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
      corrections.forgetOld();
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
        corrections.erase(id);
        for (const turn of [...turns.values()]) if (turn.conversation === id) forgetTurn(turn);
        const conversation = conversations.get(id);
        if (conversation !== undefined) forgetConversation(conversation);
        for (const stored of messages.values()) {
          if (stored.conversation !== id) continue;
          Object.assign(stored, { state: 'done', message: undefined, conversation: '' });
        }
      }
      return found.size;
    },
  };

  /**
   * Those of whoever has the name now, or had it last when nobody has it; and those to which one of that person's names
   * belonged before and no name belongs any more.
   */
  function conversationsOf(identity: string): ReadonlySet<ConversationId> {
    const named = new Set([...histories.values()].map(ownerNow));
    const found = new Set<ConversationId>();
    const visit = (history: History) => {
      const last = history.at(-1)?.conversation;
      for (const { conversation } of history) {
        if (conversation === last || !named.has(conversation)) found.add(conversation);
      }
    };
    for (const [key, history] of histories) if (nameIn(key) === identity) visit(history);
    for (const id of found) {
      for (const history of histories.values()) if (history.at(-1)?.conversation === id) visit(history);
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
    for (const [name, history] of histories) {
      const left = withoutOwner(history, conversation.conversation.id);
      if (left.length === 0) histories.delete(name);
      else if (left.length < history.length) histories.set(name, left);
    }
  }
}

function nameIn(scoped: string): string {
  return scoped.split('|')[2] ?? '';
}
