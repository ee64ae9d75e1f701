import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Message } from '../../domain/message.ts';
import type { DeadLetter, DeadLetterTexts, ShownDeadLetter } from '../../ports/store.ts';
import { withoutText } from '../shown.ts';
import { partFrom, TO_REOPEN, type TurnRow, WAITING } from './rows.ts';
import { query, type Statements } from './statements.ts';

interface DeadTurn {
  readonly id: string;
  readonly conversation: string;
  readonly gave_up_reason: string;
  readonly gave_up_attempts: number | null;
  readonly at: number;
  readonly messages: number;
  readonly newest: number;
}

/** Turns that were given up. */
export function deadLetters(database: DatabaseSync, statements: Statements) {
  const { closeMessages, deleteParts, deleteTurn, messagesOf, partsOfTurn } = statements;
  const dead = `SELECT turns.id, turns.conversation, gave_up_reason, gave_up_attempts, gave_up_at AS at,
       count(arrival) AS messages, newest_at AS newest
     FROM turns LEFT JOIN messages ON messages.turn = turns.id WHERE gave_up_reason IS NOT NULL`;
  const newest = query<DeadTurn>(database, `${dead} GROUP BY turns.id ORDER BY gave_up_at DESC LIMIT ?`);
  const one = query<DeadTurn>(database, `${dead} AND turns.id = ? GROUP BY turns.id`);
  const ended = query<TurnRow>(
    database,
    'SELECT * FROM turns WHERE id = ? AND gave_up_reason IS NOT NULL AND finished = 1',
  );
  const wait = query(database, `UPDATE messages SET state = ${WAITING}, turn = NULL WHERE turn = ?`);
  const reopen = query(
    database,
    `UPDATE turns SET finished = ${TO_REOPEN}, gave_up_reason = NULL, gave_up_at = NULL WHERE id = ?`,
  );

  return {
    deadLetters(_now: number, limit: number): DeadLetter[] {
      return newest.all(limit).map(shown);
    },

    deadLetter(_now: number, turnId: string): ShownDeadLetter | undefined {
      const turn = one.get(turnId);
      if (turn === undefined) return undefined;
      const { gave_up_attempts: attempts } = turn;
      const parts = partsOfTurn.all(turnId).map((row) => withoutText(partFrom(row), row.template === 1));
      return { ...shown(turn), ...(attempts !== null && { attempts }), parts };
    },

    deadLetterTexts(_now: number, turnId: string): DeadLetterTexts | undefined {
      if (one.get(turnId) === undefined) return undefined;
      return {
        messages: messagesOf.all(turnId).map(({ message }) => JSON.parse(message) as Message),
        parts: partsOfTurn.all(turnId).map(({ key, text }) => ({ key, text })),
      };
    },

    redrive(_now: number, turnId: string): ConversationId | undefined {
      const turn = ended.get(turnId);
      if (turn === undefined) return undefined;
      if (turn.reopened === 1) reopen.run(turnId);
      else {
        wait.run(turnId);
        deleteParts.run(turnId);
        deleteTurn.run(turnId);
      }
      return turn.conversation;
    },

    drop(_now: number, turnId: string): ConversationId | undefined {
      const turn = ended.get(turnId);
      if (turn === undefined) return undefined;
      closeMessages.run(turnId);
      deleteParts.run(turnId);
      deleteTurn.run(turnId);
      return turn.conversation;
    },
  };
}

function shown({ id, conversation, gave_up_reason, at, messages, newest }: DeadTurn): DeadLetter {
  return { turnId: id, conversation, reason: gave_up_reason, gaveUpAt: at, messages, newestAt: newest };
}
