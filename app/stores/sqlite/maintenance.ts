import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { oldestMonth } from '../../domain/pricing.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, OPT_OUTS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Backlog, Forgotten } from '../../ports/store.ts';
import { DONE, TO_REOPEN, WAITING } from './rows.ts';
import { query, type Statements } from './statements.ts';

/** Maximum number of rows per kind that one call of `forgetOld` deletes, so that it never delays a delivery for long. */
const FORGET_BATCH_SIZE = 2_000;

/** Readiness, the sweep, the backlog and retention. */
export function maintenance(database: DatabaseSync, statements: Statements) {
  const first = query(database, 'SELECT 1 FROM conversations LIMIT 1');
  const work = `SELECT id, min(oldest) AS oldest FROM (
       SELECT conversation AS id, min(arrival) AS oldest FROM messages WHERE state = ${WAITING}
       GROUP BY conversation HAVING min(received_at) <= ?2
       UNION ALL
       SELECT id, 0 AS oldest FROM conversations WHERE turn IS NOT NULL
       UNION ALL
       SELECT conversation AS id, 0 AS oldest FROM turns WHERE finished = ${TO_REOPEN}
     ) JOIN conversations USING (id)
     WHERE lease_until <= ?1 AND retry_at <= ?1 GROUP BY id`;
  const due = query<{ id: ConversationId }>(database, `${work} ORDER BY min(oldest) LIMIT ?3`);
  /** Takes half as long again. As `businessOf` reads the id of a conversation. */
  const dueInShares = query<{ id: ConversationId }>(
    database,
    `SELECT id FROM (
       SELECT id, oldest, row_number() OVER (
         PARTITION BY substr(id, 1, max(0, instr(id, '~') - 1)) ORDER BY oldest
       ) AS place FROM (${work})
     ) WHERE place <= ?4 ORDER BY oldest LIMIT ?3`,
  );
  const waiting = query<{ waiting: number; oldest: number | null }>(
    database,
    `SELECT count(*) AS waiting, min(received_at) AS oldest FROM (
       SELECT received_at FROM messages WHERE state = ${WAITING}
       UNION ALL
       SELECT received_at FROM conversations JOIN turns ON turns.id = conversations.turn AND gave_up_reason IS NULL
       JOIN messages ON messages.turn = conversations.turn)`,
  );
  const deadLetters = query<{ count: number }>(
    database,
    'SELECT count(*) AS count FROM turns WHERE gave_up_reason IS NOT NULL',
  );

  return {
    /** Queued like every other call. Reads nothing that would cause indexing. */
    ready(): void {
      first.get();
    },

    due(now: number, limit: number, olderThanMs: number, perBusiness: number): ConversationId[] {
      const found =
        perBusiness < limit
          ? dueInShares.all(now, now - olderThanMs, limit, perBusiness)
          : due.all(now, now - olderThanMs, limit);
      return found.map(({ id }) => id);
    },

    backlog(): Backlog {
      const { waiting: count, oldest } = waiting.get() ?? { waiting: 0, oldest: null };
      return {
        waiting: count,
        deadLetters: deadLetters.get()?.count ?? 0,
        ...(oldest !== null && { oldestAt: oldest }),
      };
    },

    forgetOld: forgetting(database, statements),
  };
}

function forgetting(database: DatabaseSync, statements: Statements) {
  const { closeMessages, deleteConversation, deleteIdentities, deleteParts, deleteTurn } = statements;
  const ids = query(
    database,
    `DELETE FROM messages WHERE arrival IN (
       SELECT arrival FROM (SELECT * FROM messages ORDER BY arrival LIMIT ${FORGET_BATCH_SIZE})
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
       SELECT message, conversation FROM corrections WHERE received_at < ? LIMIT ${FORGET_BATCH_SIZE})`,
  );
  const oldCosts = query(database, 'DELETE FROM costs WHERE month < ?');
  const oldTokens = query(database, 'DELETE FROM tokens WHERE month < ?');
  const oldTurns = query<{ id: string }>(
    database,
    `SELECT id FROM turns WHERE finished = 1 AND opened_at < CASE WHEN gave_up_reason IS NULL THEN ? ELSE ? END
     ORDER BY opened_at LIMIT ${FORGET_BATCH_SIZE}`,
  );
  // As `keptUntil` reads a standing. A broken one keeps nothing.
  const standing = 'CASE WHEN json_valid(standing) THEN standing END';
  const quiet = query<{ id: ConversationId }>(
    database,
    `SELECT id FROM conversations WHERE turn IS NULL AND last_at < ?1
     AND (last_at < ?2 OR ${standing} ->> '$.optedOutAt' IS NULL)
     AND coalesce(${standing} ->> '$.handOff.until', 0) < ?3 AND NOT EXISTS (
       SELECT 1 FROM messages WHERE conversation = conversations.id AND state = ${WAITING})
     AND id NOT IN (SELECT conversation FROM turns WHERE gave_up_reason IS NOT NULL OR finished = ${TO_REOPEN}) LIMIT ${FORGET_BATCH_SIZE}`,
  );

  return (now: number): Forgotten => {
    const cleared = texts.run(now - TEXT_KEPT_MS);
    const corrected = corrections.run(now - TEXT_KEPT_MS);
    const oldest = oldestMonth(now);
    const counts = oldCosts.run(oldest) + oldTokens.run(oldest);
    let batches = ids.run(now - IDS_KEPT_MS);
    for (const { id } of oldTurns.all(now - IDS_KEPT_MS, now - DEAD_LETTERS_KEPT_MS)) {
      closeMessages.run(id);
      deleteParts.run(id);
      batches += deleteTurn.run(id);
    }
    for (const { id } of quiet.all(now - IDS_KEPT_MS, now - OPT_OUTS_KEPT_MS, now)) {
      deleteIdentities.run(id);
      batches += deleteConversation.run(id);
    }
    return { texts: cleared + corrected, rows: counts + batches, hasMore: corrected + batches > 0 };
  };
}
