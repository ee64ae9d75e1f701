import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { DeadLetter } from '../../ports/store.ts';
import { conversationsOfPerson, erasing } from './erasure.ts';
import { TO_REOPEN, type TurnRow, WAITING } from './rows.ts';
import { showing } from './shown.ts';
import { query, type Statements } from './statements.ts';

/** Conversations as operators see them, dead letters and erasure. */
export function operations(database: DatabaseSync, statements: Statements) {
  const conversationsOf = conversationsOfPerson(database);
  const { deleteParts, deleteTurn } = statements;
  const newest = query<{
    id: string;
    conversation: string;
    gave_up_reason: string;
    at: number;
    messages: number;
    newest: number;
  }>(
    database,
    `SELECT turns.id, turns.conversation, gave_up_reason, gave_up_at AS at, count(arrival) AS messages, newest_at AS newest
     FROM turns LEFT JOIN messages ON messages.turn = turns.id
     WHERE gave_up_reason IS NOT NULL GROUP BY turns.id ORDER BY gave_up_at DESC LIMIT ?`,
  );
  const deadTurn = query<TurnRow>(
    database,
    'SELECT * FROM turns WHERE id = ? AND gave_up_reason IS NOT NULL AND finished = 1',
  );
  const addWaiting = query(
    database,
    `INSERT INTO waiting SELECT conversation, sent_at, arrival, received_at FROM messages WHERE turn = ?`,
  );
  const wait = query(database, `UPDATE messages SET state = ${WAITING}, turn = NULL WHERE turn = ?`);
  const reopen = query(
    database,
    `UPDATE turns SET finished = ${TO_REOPEN}, gave_up_reason = NULL, gave_up_at = NULL WHERE id = ?`,
  );

  return {
    ...showing(database, statements, conversationsOf),

    deadLetters(_now: number, limit: number): DeadLetter[] {
      return newest.all(limit).map(({ id, conversation, gave_up_reason, at, messages, newest }) => ({
        turnId: id,
        conversation,
        reason: gave_up_reason,
        gaveUpAt: at,
        messages,
        newestAt: newest,
      }));
    },

    redrive(_now: number, turnId: string): ConversationId | undefined {
      const turn = deadTurn.get(turnId);
      if (turn === undefined) return undefined;
      if (turn.reopened === 1) reopen.run(turnId);
      else {
        addWaiting.run(turnId);
        wait.run(turnId);
        deleteParts.run(turnId);
        deleteTurn.run(turnId);
      }
      return turn.conversation;
    },

    erase: erasing(database, statements, conversationsOf),
  };
}
