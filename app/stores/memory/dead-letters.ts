import type { Operations } from '../../ports/store.ts';
import { withoutText } from '../shown.ts';
import { deleteTurn, partsOf, type Records, type StoredTurn } from './records.ts';

type DeadLetters = Pick<Operations, 'deadLetters' | 'deadLetter' | 'deadLetterTexts' | 'redrive' | 'drop'>;
type DeadTurn = StoredTurn & Required<Pick<StoredTurn, 'gaveUp'>>;

/** Turns that were given up. */
export function deadLetters(records: Records): DeadLetters {
  const { conversations, turns, busy } = records;

  function find(turnId: string): DeadTurn | undefined {
    const turn = turns.get(turnId);
    return turn !== undefined && isDead(turn) ? turn : undefined;
  }

  return {
    async deadLetters(limit) {
      return [...turns.values()]
        .filter(isDead)
        .map(shown)
        .sort((a, b) => b.gaveUpAt - a.gaveUpAt)
        .slice(0, limit);
    },

    async deadLetter(turnId) {
      const turn = find(turnId);
      if (turn === undefined) return undefined;
      const parts = partsOf(turn).map((part, index) =>
        withoutText(part, turn.parts?.[index]?.isTemplate ?? false),
      );
      return { ...shown(turn), attempts: turn.gaveUp.attempts, parts };
    },

    async deadLetterTexts(turnId) {
      const turn = find(turnId);
      if (turn === undefined) return undefined;
      return {
        messages: turn.messages.flatMap(({ message }) => message ?? []),
        parts: partsOf(turn).map(({ key, text }) => ({ key, text })),
      };
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

    async drop(turnId) {
      const turn = find(turnId);
      if (turn === undefined || !turn.finished) return undefined;
      for (const stored of turn.messages) Object.assign(stored, { state: 'done', message: undefined });
      deleteTurn(records, turn);
      return turn.conversation;
    },
  };
}

function isDead(turn: StoredTurn): turn is DeadTurn {
  return turn.gaveUp !== undefined;
}

function shown({ id, conversation, gaveUp: { reason, at }, newestAt, messages }: DeadTurn) {
  return { turnId: id, conversation, reason, gaveUpAt: at, messages: messages.length, newestAt };
}
