import { keptUntil } from '../../domain/conversation.ts';
import { oldestMonth } from '../../domain/pricing.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Maintenance } from '../../ports/store.ts';
import { createShares } from '../shares.ts';
import type { Corrections } from './corrections.ts';
import { deleteConversation, deleteTurn, oldestArrival, oldestWork, type Records } from './records.ts';

/** The sweep, the backlog and retention. */
export function maintenance(records: Records, corrections: Corrections): Maintenance {
  const { clock, messages, conversations, turns, busy } = records;

  return {
    async due(limit, olderThanMs, perBusiness = limit) {
      const shares = createShares(perBusiness);
      const now = clock.now();
      return [...busy]
        .filter((conversation) => conversation.leaseUntil <= now && conversation.retryAt <= now)
        .filter(
          ({ turn, failed, waiting }) =>
            turn !== undefined || failed.length > 0 || oldestArrival(waiting) <= now - olderThanMs,
        )
        .sort((a, b) => oldestWork(a) - oldestWork(b))
        .map(({ conversation }) => conversation.id)
        .filter((id) => shares.take(id))
        .slice(0, limit);
    },

    async backlog() {
      const open = [...busy].flatMap(({ waiting, turn }) => [
        ...waiting,
        ...(turn?.gaveUp ? [] : (turn?.messages ?? [])),
      ]);
      const deadLetters = [...turns.values()].filter((turn) => turn.gaveUp !== undefined).length;
      const oldestAt = open.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Infinity);
      return { waiting: open.length, deadLetters, ...(open.length > 0 && { oldestAt }) };
    },

    async forgetOld() {
      const now = clock.now();
      let gone = 0;
      let texts = corrections.forgetOld();
      for (const [key, { month }] of records.costs) {
        if (month < oldestMonth(now) && records.costs.delete(key)) gone += 1;
      }
      for (const [key, { month }] of records.tokens) {
        if (month < oldestMonth(now) && records.tokens.delete(key)) gone += 1;
      }
      for (const [id, stored] of messages) {
        if (stored.state === 'done' && stored.receivedAt < now - IDS_KEPT_MS) {
          messages.delete(id);
          gone += 1;
        }
      }
      for (const turn of turns.values()) {
        if (!turn.finished || conversations.get(turn.conversation)?.failed.includes(turn)) continue;
        const age = now - turn.openedAt;
        if (age > TEXT_KEPT_MS) {
          for (const part of turn.parts ?? []) {
            if (part.text !== '') texts += 1;
            part.text = '';
          }
        }
        if (age <= (turn.gaveUp === undefined ? IDS_KEPT_MS : DEAD_LETTERS_KEPT_MS)) continue;
        for (const stored of turn.messages) Object.assign(stored, { state: 'done', message: undefined });
        deleteTurn(records, turn);
        gone += 1;
      }
      const givenUp = [...turns.values()].filter((turn) => turn.gaveUp !== undefined);
      const withDeadLetter = new Set(givenUp.map((turn) => turn.conversation));
      for (const [id, conversation] of conversations) {
        const { standing } = conversation.conversation;
        if (busy.has(conversation) || withDeadLetter.has(id)) continue;
        if (keptUntil(conversation.lastAt, standing) >= now) continue;
        deleteConversation(records, conversation);
        gone += 1;
      }
      return { texts, rows: gone, hasMore: false };
    },
  };
}
