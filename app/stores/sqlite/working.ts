import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId, Facts } from '../../domain/conversation.ts';
import { LONGEST_TURN } from '../../domain/retention.ts';
import type { Claim, Lease, Release } from '../../ports/store.ts';
import { threadStateText } from '../thread-state.ts';
import {
  type ConversationRow,
  conversationFrom,
  DEAD,
  DONE,
  FINISHED,
  leaseHolder,
  OPEN,
  type PartRow,
  query,
  SENT,
  TAKEN,
  TO_REOPEN,
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
  const toReopen = query<{ id: string }>(
    database,
    `SELECT id FROM turns WHERE conversation = ? AND finished = ${TO_REOPEN} ORDER BY opened_at LIMIT 1`,
  );
  const reopen = query(
    database,
    `UPDATE turns SET finished = ${OPEN}, reopened = 1, attempts = 0 WHERE id = ?`,
  );
  const take = query(
    database,
    `UPDATE messages SET state = ${TAKEN}, turn = ? WHERE arrival IN (
       SELECT arrival FROM messages WHERE conversation = ? AND state = ${WAITING}
       ORDER BY sent_at, arrival LIMIT ${LONGEST_TURN})`,
  );
  const hear = query(
    database,
    'UPDATE conversations SET last_sent_at = max(last_sent_at, (SELECT max(sent_at) FROM messages WHERE turn = ?)) WHERE id = ?',
  );
  const countAttempt = query<TurnRow>(
    database,
    `UPDATE turns SET attempts = attempts + 1, newest_at = max(newest_at, coalesce(
       (SELECT max(sent_at) FROM messages WHERE turn = turns.id), 0)) WHERE id = ? RETURNING *`,
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
     thread = coalesce(?, thread), thread_at = coalesce(?, thread_at),
     thread_state = coalesce(?, thread_state), questions = coalesce(?, questions) WHERE id = ?`,
  );
  const answered = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL WHERE turn = ?`,
  );
  const deadened = query(database, `UPDATE messages SET state = ${DEAD} WHERE turn = ?`);
  const finished = query<TurnRow>(
    database,
    `UPDATE turns SET finished = CASE WHEN buried IS NULL AND EXISTS (
       SELECT 1 FROM parts WHERE turn = turns.id AND state = ${SENT} AND progress = 'failed')
     THEN ${TO_REOPEN} ELSE ${FINISHED} END WHERE id = ? RETURNING *`,
  );
  const clearSettled = query(
    database,
    `UPDATE parts SET text = '' WHERE turn = ? AND progress IN ('delivered', 'read', 'played')`,
  );
  const endLease = query(
    database,
    `UPDATE conversations SET token = NULL, lease_until = 0, retry_at = ?, turn = ?, last_at = ? WHERE id = ?`,
  );

  function open(turn: string, id: ConversationId, now: number): void {
    openTurn.run(turn, id, now);
    take.run(turn, id);
    hear.run(turn, id);
  }

  function remember(lease: Lease, { language, registered, thread, questions }: Facts): void {
    const { id } = holder(lease);
    const known = registered === undefined ? null : Number(registered);
    const state = thread === undefined ? null : threadStateText(thread);
    const asked = questions === undefined ? null : JSON.stringify(questions);
    setFacts.run(language ?? null, known, thread?.id ?? null, thread?.lastAt ?? null, state, asked, id);
  }

  return {
    claim(now: number, id: ConversationId, leaseMs: number, token: string, newTurnId: string): Claim {
      const row = find.get(id);
      if (row === undefined) return { claimed: false, because: 'idle' };
      if (row.lease_until > now) return { claimed: false, because: 'held', at: row.lease_until };
      const again = row.turn === null ? toReopen.get(id)?.id : undefined;
      const isIdle = row.turn === null && again === undefined && firstWaiting.get(id) === undefined;
      if (isIdle) return { claimed: false, because: 'idle' };
      if (row.retry_at > now) return { claimed: false, because: 'later', at: row.retry_at };
      const turnId = row.turn ?? again ?? newTurnId;
      if (again !== undefined) reopen.run(again);
      else if (row.turn === null) open(turnId, id, now);
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
      const waitingSince = toReopen.get(id) === undefined ? firstWaiting.get(id)?.received_at : now;
      return waitingSince === undefined ? {} : { waitingSince };
    },

    release(now: number, lease: Lease, { retryAt, countAttempt: counts }: Release): void {
      const { id, turn } = holder(lease);
      if (!counts) uncountAttempt.run(turn);
      endLease.run(retryAt, turn, now, id);
    },
  };
}
