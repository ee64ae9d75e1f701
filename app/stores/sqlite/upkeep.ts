import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Backlog, DeadLetter } from '../../ports/store.ts';
import { erasing } from './erasing.ts';
import { DONE, query, TO_REOPEN, type TurnRow, WAITING } from './rows.ts';

/** How many rows one call of `forgetOld` deletes at most of each kind, so that it never holds up a delivery for long. */
const FORGOTTEN_AT_ONCE = 2_000;

/** What runs beside the conversations: readiness, the sweep, the figures, dead letters, forgetting. */
export function upkeep(database: DatabaseSync) {
  const first = query(database, 'SELECT 1 FROM conversations LIMIT 1');
  const due = query<{ id: ConversationId }>(
    database,
    `SELECT id FROM (
       SELECT conversation AS id, min(arrival) AS oldest FROM messages WHERE state = ${WAITING}
       GROUP BY conversation HAVING min(received_at) <= ?2
       UNION ALL
       SELECT id, 0 AS oldest FROM conversations WHERE turn IS NOT NULL
       UNION ALL
       SELECT conversation AS id, 0 AS oldest FROM turns WHERE finished = ${TO_REOPEN}
     ) JOIN conversations USING (id)
     WHERE lease_until <= ?1 AND retry_at <= ?1 GROUP BY id ORDER BY min(oldest) LIMIT ?3`,
  );
  const waiting = query<{ waiting: number; oldest: number | null }>(
    database,
    `SELECT count(*) AS waiting, min(received_at) AS oldest FROM (
       SELECT received_at FROM messages WHERE state = ${WAITING}
       UNION ALL
       SELECT received_at FROM conversations JOIN turns ON turns.id = conversations.turn AND buried IS NULL
       JOIN messages ON messages.turn = conversations.turn)`,
  );
  const letters = query<{ letters: number }>(
    database,
    'SELECT count(*) AS letters FROM turns WHERE buried IS NOT NULL',
  );
  const newestLetters = query<{
    id: string;
    conversation: string;
    buried: string;
    at: number;
    messages: number;
    newest: number;
  }>(
    database,
    `SELECT turns.id, turns.conversation, buried, buried_at AS at, count(arrival) AS messages, newest_at AS newest
     FROM turns LEFT JOIN messages ON messages.turn = turns.id
     WHERE buried IS NOT NULL GROUP BY turns.id ORDER BY buried_at DESC LIMIT ?`,
  );
  const deadTurn = query<TurnRow>(
    database,
    'SELECT * FROM turns WHERE id = ? AND buried IS NOT NULL AND finished = 1',
  );
  const wait = query(database, `UPDATE messages SET state = ${WAITING}, turn = NULL WHERE turn = ?`);
  const reopen = query(
    database,
    `UPDATE turns SET finished = ${TO_REOPEN}, buried = NULL, buried_at = NULL WHERE id = ?`,
  );
  const dropTurn = query(database, 'DELETE FROM turns WHERE id = ?');
  const dropParts = query(database, 'DELETE FROM parts WHERE turn = ?');

  return {
    /** Waits its turn like every other call, and asks for nothing that would cost the messages their wait for an index. */
    ready(): void {
      first.get();
    },

    due(now: number, limit: number, olderThanMs: number): ConversationId[] {
      return due.all(now, now - olderThanMs, limit).map(({ id }) => id);
    },

    backlog(): Backlog {
      const { waiting: count, oldest } = waiting.get() ?? { waiting: 0, oldest: null };
      return {
        waiting: count,
        deadLetters: letters.get()?.letters ?? 0,
        ...(oldest !== null && { oldestAt: oldest }),
      };
    },

    deadLetters(_now: number, limit: number): DeadLetter[] {
      return newestLetters.all(limit).map(({ id, conversation, buried, at, messages, newest }) => ({
        turnId: id,
        conversation,
        reason: buried,
        buriedAt: at,
        messages,
        newestAt: newest,
      }));
    },

    redrive(_now: number, turnId: string): ConversationId | undefined {
      const turn = deadTurn.get(turnId);
      if (turn === undefined) return undefined;
      if (turn.reopened === 1) reopen.run(turnId);
      else {
        wait.run(turnId);
        dropParts.run(turnId);
        dropTurn.run(turnId);
      }
      return turn.conversation;
    },

    forgetOld: forgetting(database),
    erase: erasing(database),
  };
}

function forgetting(database: DatabaseSync) {
  const ids = query(
    database,
    `DELETE FROM messages WHERE arrival IN (
       SELECT arrival FROM (SELECT * FROM messages ORDER BY arrival LIMIT ${FORGOTTEN_AT_ONCE})
       WHERE state = ${DONE} AND received_at < ?)`,
  );
  const texts = query(
    database,
    `UPDATE parts SET text = '' WHERE text <> '' AND turn IN (
       SELECT id FROM turns WHERE opened_at < ? AND finished = 1)`,
  );
  const corrections = query(
    database,
    `DELETE FROM corrections WHERE (message, conversation) IN (
       SELECT message, conversation FROM corrections WHERE received_at < ? LIMIT ${FORGOTTEN_AT_ONCE})`,
  );
  const oldTurns = query<{ id: string }>(
    database,
    `SELECT id FROM turns WHERE finished = 1 AND opened_at < CASE WHEN buried IS NULL THEN ? ELSE ? END
     ORDER BY opened_at LIMIT ${FORGOTTEN_AT_ONCE}`,
  );
  const dropParts = query(database, 'DELETE FROM parts WHERE turn = ?');
  const dropTurn = query(database, 'DELETE FROM turns WHERE id = ?');
  const dropDead = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL WHERE turn = ?`,
  );
  const quiet = query<{ id: ConversationId }>(
    database,
    `SELECT id FROM conversations WHERE turn IS NULL AND last_at < ? AND NOT EXISTS (
       SELECT 1 FROM messages WHERE conversation = conversations.id AND state = ${WAITING})
     AND id NOT IN (SELECT conversation FROM turns WHERE buried IS NOT NULL OR finished = ${TO_REOPEN}) LIMIT ${FORGOTTEN_AT_ONCE}`,
  );
  const dropNames = query(database, 'DELETE FROM identities WHERE conversation = ?');
  const dropConversation = query(database, 'DELETE FROM conversations WHERE id = ?');

  return (now: number): number => {
    texts.run(now - TEXT_KEPT_MS);
    corrections.run(now - TEXT_KEPT_MS);
    let gone = ids.run(now - IDS_KEPT_MS);
    for (const { id } of oldTurns.all(now - IDS_KEPT_MS, now - DEAD_LETTERS_KEPT_MS)) {
      dropDead.run(id);
      dropParts.run(id);
      gone += dropTurn.run(id);
    }
    for (const { id } of quiet.all(now - IDS_KEPT_MS)) {
      dropNames.run(id);
      gone += dropConversation.run(id);
    }
    return gone;
  };
}
