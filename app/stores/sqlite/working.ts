import type { DatabaseSync } from 'node:sqlite';
import { LONGEST_TURN } from '../../conversation/retention.ts';
import type { Claim, ConversationId, Facts, Lease, Release } from '../../ports.ts';
import {
  type ConversationRow,
  conversationFrom,
  DEAD,
  DONE,
  leaseHolder,
  type PartRow,
  query,
  TAKEN,
  type TurnRow,
  turnFrom,
  WAITING,
} from './rows.ts';

/** The lease and the turn: claim, renew, remember, finish, release. */
export function working(database: DatabaseSync) {
  const holder = leaseHolder(database);
  const find = query<ConversationRow>(database, 'SELECT * FROM conversations WHERE id = ?');
  const firstWaiting = query<{ received_at: number }>(
    database,
    `SELECT min(received_at) AS received_at FROM messages WHERE conversation = ? AND state = ${WAITING}
     HAVING count(*) > 0`,
  );
  const openTurn = query(
    database,
    'INSERT INTO turns (id, conversation, attempts, opened_at) VALUES (?, ?, 0, ?)',
  );
  const take = query(
    database,
    `UPDATE messages SET state = ${TAKEN}, turn = ? WHERE arrival IN (
       SELECT arrival FROM messages WHERE conversation = ? AND state = ${WAITING}
       ORDER BY sent_at, arrival LIMIT ${LONGEST_TURN})`,
  );
  const countAttempt = query<TurnRow>(
    database,
    'UPDATE turns SET attempts = attempts + 1 WHERE id = ? RETURNING *',
  );
  const uncountAttempt = query(database, 'UPDATE turns SET attempts = attempts - 1 WHERE id = ?');
  const lend = query(
    database,
    'UPDATE conversations SET token = ?, lease_until = ?, retry_at = 0, turn = ?, last_at = ? WHERE id = ?',
  );
  const extend = query(database, 'UPDATE conversations SET lease_until = ? WHERE id = ?');
  const messagesOf = query<{ message: string }>(
    database,
    'SELECT message FROM messages WHERE turn = ? AND message IS NOT NULL ORDER BY sent_at, arrival',
  );
  const partsOf = query<PartRow>(database, 'SELECT * FROM parts WHERE turn = ? ORDER BY position');
  const setFacts = query(
    database,
    `UPDATE conversations SET language = coalesce(?, language), registered = coalesce(?, registered),
     thread = coalesce(?, thread), thread_at = coalesce(?, thread_at), questions = coalesce(?, questions)
     WHERE id = ?`,
  );
  const answered = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL WHERE turn = ?`,
  );
  const deadened = query(database, `UPDATE messages SET state = ${DEAD} WHERE turn = ?`);
  const finished = query<TurnRow>(database, 'UPDATE turns SET finished = 1 WHERE id = ? RETURNING *');
  const clearSettled = query(
    database,
    `UPDATE parts SET text = '' WHERE turn = ? AND progress IN ('failed', 'delivered', 'read', 'played')`,
  );
  const endLease = query(
    database,
    `UPDATE conversations SET token = NULL, lease_until = 0, retry_at = ?, turn = ?, last_at = ? WHERE id = ?`,
  );

  function remember(lease: Lease, { language, registered, thread, questions }: Facts): void {
    const { id } = holder(lease);
    const known = registered === undefined ? null : Number(registered);
    const asked = questions === undefined ? null : JSON.stringify(questions);
    setFacts.run(language ?? null, known, thread?.id ?? null, thread?.lastAt ?? null, asked, id);
  }

  return {
    claim(now: number, id: ConversationId, leaseMs: number, token: string, newTurnId: string): Claim {
      const row = find.get(id);
      if (row === undefined) return { claimed: false, because: 'idle' };
      if (row.lease_until > now) return { claimed: false, because: 'held', at: row.lease_until };
      if (row.turn === null && firstWaiting.get(id) === undefined) return { claimed: false, because: 'idle' };
      if (row.retry_at > now) return { claimed: false, because: 'later', at: row.retry_at };
      const turnId = row.turn ?? newTurnId;
      if (row.turn === null) {
        openTurn.run(turnId, id, now);
        take.run(turnId, id);
      }
      const turn = countAttempt.get(turnId);
      if (turn === undefined)
        throw new Error(`conversation ${id} names the turn ${turnId}, which is not there`);
      lend.run(token, now + leaseMs, turnId, now, id);
      return {
        claimed: true,
        lease: { conversation: id, token },
        conversation: conversationFrom(row),
        turn: turnFrom(turn, messagesOf.all(turnId), partsOf.all(turnId)),
      };
    },

    renew(now: number, lease: Lease, leaseMs: number): void {
      extend.run(now + leaseMs, holder(lease).id);
    },

    remember(_now: number, lease: Lease, facts: Facts): void {
      remember(lease, facts);
    },

    finish(now: number, lease: Lease): { waitingSince?: number } {
      const { id, turn } = holder(lease);
      const ended = finished.get(turn);
      if (ended?.buried === null) answered.run(turn);
      else deadened.run(turn);
      clearSettled.run(turn);
      endLease.run(0, null, now, id);
      const waitingSince = firstWaiting.get(id)?.received_at;
      return waitingSince === undefined ? {} : { waitingSince };
    },

    release(now: number, lease: Lease, { retryAt, countAttempt: counts }: Release): void {
      const { id, turn } = holder(lease);
      if (!counts) uncountAttempt.run(turn);
      endLease.run(retryAt, turn, now, id);
    },
  };
}
