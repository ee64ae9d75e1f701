import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId, Facts } from '../../domain/conversation.ts';
import { needsReopening } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import { MAX_TURN_MESSAGES } from '../../domain/retention.ts';
import type { Claim, Lease, Release } from '../../ports/store.ts';
import { standingText } from '../standing-state.ts';
import { threadStateText } from '../thread-state.ts';
import { requireLease } from './lease.ts';
import { replies } from './replies.ts';
import {
  conversationFrom,
  DEAD,
  FINISHED,
  OPEN,
  partFrom,
  TAKEN,
  TO_REOPEN,
  type TurnRow,
  turnFrom,
  turnOfPart,
  WAITING,
} from './rows.ts';
import { query, type Statements } from './statements.ts';

/** The lease, the turn and its reply. */
export function turns(database: DatabaseSync, statements: Statements) {
  const { closeMessages, conversation: find, messagesOf, partsOfTurn } = statements;
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
       ORDER BY sent_at, arrival LIMIT ${MAX_TURN_MESSAGES})`,
  );
  const raiseLastSentAt = query(
    database,
    'UPDATE conversations SET last_sent_at = max(last_sent_at, (SELECT max(sent_at) FROM messages WHERE turn = ?)) WHERE id = ?',
  );
  const countAttempt = query<TurnRow>(
    database,
    `UPDATE turns SET attempts = attempts + 1, newest_at = max(newest_at, coalesce(
       (SELECT max(sent_at) FROM messages WHERE turn = turns.id), 0)) WHERE id = ? RETURNING *`,
  );
  const uncountAttempt = query(database, 'UPDATE turns SET attempts = attempts - 1 WHERE id = ?');
  const setLease = query(
    database,
    'UPDATE conversations SET token = ?, lease_until = ?, retry_at = 0, turn = ?, last_at = ? WHERE id = ?',
  );
  const extend = query(database, 'UPDATE conversations SET lease_until = ? WHERE id = ?');
  const setFacts = query(
    database,
    `UPDATE conversations SET language = coalesce(?, language), registered = coalesce(?, registered),
     thread = coalesce(?, thread), thread_at = coalesce(?, thread_at),
     thread_state = coalesce(?, thread_state), questions = coalesce(?, questions),
     standing = coalesce(?, standing) WHERE id = ?`,
  );
  const dead = query(database, `UPDATE messages SET state = ${DEAD} WHERE turn = ?`);
  const setFinished = query(database, 'UPDATE turns SET finished = ? WHERE id = ?');
  const endLease = query(
    database,
    `UPDATE conversations SET token = NULL, lease_until = 0, retry_at = ?, turn = ?, last_at = ? WHERE id = ?`,
  );

  function open(turn: string, id: ConversationId, now: number): void {
    openTurn.run(turn, id, now);
    take.run(turn, id);
    raiseLastSentAt.run(turn, id);
  }

  function end(id: string): void {
    const row = statements.turn.get(id);
    if (row === undefined) return;
    const turn = turnOfPart(row);
    const parts = partsOfTurn.all(id).map(partFrom);
    setFinished.run(needsReopening(parts, turn) ? TO_REOPEN : FINISHED, id);
    for (const { key, progress } of parts) if (hasArrived(progress)) statements.clearText.run(key);
    if (turn.gaveUp) dead.run(id);
    else closeMessages.run(id);
  }

  function remember(_now: number, lease: Lease, facts: Facts): void {
    const { language, registered, thread, questions, standing } = facts;
    const { id } = requireLease(statements, lease);
    const known = registered === undefined ? null : Number(registered);
    const state = thread === undefined ? null : threadStateText(thread);
    const asked = questions === undefined ? null : JSON.stringify(questions);
    const stands = standing === undefined ? null : standingText(standing);
    const { id: threadId = null, lastAt = null } = thread ?? {};
    setFacts.run(language ?? null, known, threadId, lastAt, state, asked, stands, id);
  }

  return {
    ...replies(database, statements, remember),

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
      setLease.run(token, now + leaseMs, turnId, now, id);
      return {
        claimed: true,
        lease: { conversation: id, token },
        conversation: conversationFrom(row),
        turn: turnFrom(turn, messagesOf.all(turnId), partsOfTurn.all(turnId)),
      };
    },

    renew(now: number, lease: Lease, leaseMs: number): void {
      extend.run(now + leaseMs, requireLease(statements, lease).id);
    },

    remember,

    finish(now: number, lease: Lease): { waitingSince?: number } {
      const { id, turn } = requireLease(statements, lease);
      end(turn);
      endLease.run(0, null, now, id);
      const waitingSince = toReopen.get(id) === undefined ? firstWaiting.get(id)?.received_at : now;
      return waitingSince === undefined ? {} : { waitingSince };
    },

    release(now: number, lease: Lease, { retryAt, countAttempt: counts }: Release): void {
      const { id, turn } = requireLease(statements, lease);
      if (!counts) uncountAttempt.run(turn);
      endLease.run(retryAt, turn, now, id);
    },
  };
}
