import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { ShownConversation } from '../../ports/store.ts';
import { withoutText } from '../shown.ts';
import type { ConversationsOf } from './erasure.ts';
import { type ConversationRow, conversationFrom, OPEN, partFrom, TO_REOPEN, type TurnRow } from './rows.ts';
import { query, type Statements } from './statements.ts';

type ShownTurn = NonNullable<ShownConversation['turn']>;
type ShownDeadLetter = NonNullable<ShownConversation['deadLetter']>;

interface Waiting {
  readonly conversation: ConversationId;
  readonly count: number;
  readonly oldest: number;
  readonly newest: number;
}

/** A turn with its number of unanswered messages. */
type CountedTurn = TurnRow & { readonly gave_up_at: number | null; readonly messages: number };

/** Conversations without texts. No index serves these: each call reads the tables of conversations and turns once. */
export function showing(database: DatabaseSync, statements: Statements, idsOf: ConversationsOf) {
  const { conversation: find, partsOfTurn } = statements;
  // As `isQuiet` reads a standing. A broken one is found too, so that it is reported.
  const needsOperator = query<{ id: ConversationId }>(
    database,
    `SELECT id FROM conversations
     LEFT JOIN (SELECT conversation, max(received_at) AS newest FROM waiting
       GROUP BY conversation) AS arrived ON arrived.conversation = id
     WHERE turn IS NOT NULL OR newest IS NOT NULL
       OR id IN (SELECT conversation FROM turns WHERE gave_up_reason IS NOT NULL OR finished = ${TO_REOPEN})
       OR (standing IS NOT NULL AND (NOT json_valid(standing) OR standing ->> '$.optedOutAt' IS NOT NULL
         OR standing ->> '$.handOff.until' > ?))
     ORDER BY max(last_at, coalesce(newest, 0)) LIMIT ?`,
  );
  const CHOSEN = 'conversation IN (SELECT value FROM json_each(?))';
  const waitingIn = query<Waiting>(
    database,
    `SELECT conversation, count(*) AS count, min(received_at) AS oldest, max(received_at) AS newest
     FROM waiting WHERE ${CHOSEN} GROUP BY conversation`,
  );
  const turnsIn = query<CountedTurn>(
    database,
    `SELECT *, (SELECT count(*) FROM messages WHERE messages.turn = turns.id) AS messages
     FROM turns WHERE ${CHOSEN} ORDER BY opened_at`,
  );

  function shown(now: number, ids: readonly ConversationId[]): ShownConversation[] {
    const chosen = JSON.stringify(ids);
    const waiting = new Map(waitingIn.all(chosen).map((row) => [row.conversation, row]));
    const turns = Map.groupBy(turnsIn.all(chosen), ({ conversation }) => conversation);
    return ids.flatMap((id) => {
      const row = find.get(id);
      return row === undefined ? [] : [shownOne(now, row, waiting.get(id), turns.get(id) ?? [])];
    });
  }

  function shownOne(
    now: number,
    row: ConversationRow,
    waiting: Waiting | undefined,
    turns: readonly CountedTurn[],
  ): ShownConversation {
    const turn = turns.find(({ id }) => id === row.turn) ?? turns.at(-1);
    const deadLetter = newestDeadLetter(turns);
    return {
      conversation: conversationFrom(row),
      lastAt: Math.max(row.last_at, waiting?.newest ?? 0),
      waiting: waiting?.count ?? 0,
      ...(waiting !== undefined && { waitingSince: waiting.oldest }),
      ...(row.lease_until > now && { leaseUntil: row.lease_until }),
      ...(row.retry_at > 0 && { retryAt: row.retry_at }),
      ...(turn !== undefined && { turn: shownTurn(turn) }),
      ...(deadLetter !== undefined && { deadLetter }),
    };
  }

  function shownTurn(turn: CountedTurn): ShownTurn {
    const { id, attempts, messages, newest_at: newestAt, gave_up_reason: reason } = turn;
    const parts = turn.replied === 1 ? partsOfTurn.all(id) : undefined;
    return {
      ...{ id, attempts, messages, newestAt, isOpen: turn.finished === OPEN },
      ...(reason !== null && { gaveUpReason: reason }),
      ...(parts !== undefined && {
        parts: parts.map((part) => withoutText(partFrom(part), part.template === 1)),
      }),
    };
  }

  return {
    conversations(now: number, limit: number): ShownConversation[] {
      return shown(
        now,
        needsOperator.all(now, limit).map(({ id }) => id),
      );
    },

    conversation(now: number, id: ConversationId): ShownConversation | undefined {
      return shown(now, [id])[0];
    },

    conversationsOf(now: number, identity: string): ShownConversation[] {
      return shown(now, [...idsOf(identity)]);
    },
  };
}

function newestDeadLetter(turns: readonly CountedTurn[]): ShownDeadLetter | undefined {
  const dead = turns.flatMap(({ id, gave_up_reason: reason, gave_up_at: gaveUpAt }) =>
    reason === null || gaveUpAt === null ? [] : [{ turnId: id, reason, gaveUpAt }],
  );
  return dead.toSorted((a, b) => b.gaveUpAt - a.gaveUpAt)[0];
}
