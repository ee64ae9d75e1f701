import type { DatabaseSync } from 'node:sqlite';
import { businessOf, senderOf } from '../../domain/business.ts';
import type { Facts } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import {
  type NewPart,
  newParts,
  type Part,
  positionOf,
  replaceUnsent,
  taken,
  takenBack,
} from '../../domain/part.ts';
import { isTemplate } from '../../domain/template.ts';
import type { TokenUsage } from '../../domain/usage.ts';
import type { Lease, QuotedPart } from '../../ports/store.ts';
import { type AnsweredQuestion, answeredQuestion, quotedPart } from '../quoted.ts';
import { countingTokens } from './costs.ts';
import { requireLease } from './lease.ts';
import { type PartRow, partFrom, SENDING, sendsFrom, UNSENT } from './rows.ts';
import { storeSecret } from './schema.ts';
import { query, type Statements } from './statements.ts';

/** The reply and the state of its parts. */
export function replies(
  database: DatabaseSync,
  statements: Statements,
  remember: (now: number, lease: Lease, facts: Facts) => void,
) {
  const { turn: turnWith, partsOfTurn, writeSends } = statements;
  const setReplied = query(database, 'UPDATE turns SET replied = 1 WHERE id = ?');
  const insert = query(
    database,
    `INSERT INTO parts (key, turn, position, text, state, template, thread, question)
     VALUES (?, ?, ?, ?, ${UNSENT}, ?, ?, ?)`,
  );
  const sending = query(
    database,
    `UPDATE parts SET state = ${SENDING}, tried_at = ? WHERE key = ? AND turn = ?`,
  );
  const ofConversation = query<PartRow>(
    database,
    `SELECT parts.* FROM parts JOIN turns ON turns.id = parts.turn
     WHERE platform_id = ? AND turns.conversation = ?`,
  );
  const partWith = query<PartRow>(database, 'SELECT * FROM parts WHERE key = ? AND turn = ?');
  const setGaveUp = query(
    database,
    'UPDATE turns SET gave_up_reason = ?, gave_up_at = ?, gave_up_attempts = attempts, attempts = 0, replied = 1 WHERE id = ?',
  );
  const deletePart = query(database, 'DELETE FROM parts WHERE key = ?');
  const secret = storeSecret(database);
  const countTokens = countingTokens(database);

  function add(turn: string, parts: readonly NewPart[], thread?: AnsweredQuestion): void {
    for (const { key, position, text } of parts) {
      const answers = [thread?.id ?? null, thread?.question ?? null];
      insert.run(key, turn, position, text, isTemplate(text) ? 1 : 0, ...answers);
    }
  }

  function partsOf(turn: string): Part[] {
    return partsOfTurn.all(turn).map(partFrom);
  }

  function notOurs(key: string): never {
    throw new LeaseLost(`part ${key} does not belong to the open turn`);
  }

  return {
    writeReply(
      now: number,
      lease: Lease,
      texts: readonly string[],
      facts: Facts,
      usage?: TokenUsage,
    ): Part[] {
      const { turn } = requireLease(statements, lease);
      if (turnWith.get(turn)?.replied !== 1) {
        add(turn, newParts(turn, 0, texts), answeredQuestion(facts));
        setReplied.run(turn);
        remember(now, lease, facts);
        if (usage !== undefined) countTokens(now, businessOf(lease.conversation), usage);
      }
      return partsOf(turn);
    },

    quoted(_now: number, lease: Lease, platformId: string): QuotedPart | undefined {
      const sender = senderOf(requireLease(statements, lease));
      const id = rememberedPlatformId(secret, sender, platformId);
      const row = ofConversation.get(id, lease.conversation);
      return row && quotedFrom(row);
    },

    parts(_now: number, lease: Lease): Part[] {
      return partsOf(requireLease(statements, lease).turn);
    },

    markSending(now: number, lease: Lease, key: string): void {
      if (sending.run(now, key, requireLease(statements, lease).turn) === 0) notOurs(key);
    },

    markSent(_now: number, lease: Lease, key: string, platformId: string): void {
      const { id: conversation, channel, turn } = requireLease(statements, lease);
      const part = partWith.get(key, turn) ?? notOurs(key);
      const id = rememberedPlatformId(secret, senderOf({ id: conversation, channel }), platformId).toString(
        'base64url',
      );
      writeSends(key, taken(sendsFrom(part), id));
    },

    markUnsent(_now: number, lease: Lease, key: string): void {
      const part = partWith.get(key, requireLease(statements, lease).turn);
      if (part !== undefined) writeSends(key, takenBack(sendsFrom(part)));
    },

    giveUp(now: number, lease: Lease, reason: string, apology: readonly string[]): Part[] {
      const { turn: id } = requireLease(statements, lease);
      const turn = turnWith.get(id);
      if (turn?.gave_up_reason === null) {
        setGaveUp.run(reason, now, id);
        const before = partsOf(id);
        const nextPosition = Math.max(-1, ...before.map(({ key }) => positionOf(key))) + 1;
        const reopened = turn.reopened === 1;
        const { dropped, added } = replaceUnsent(before, { id, reopened, nextPosition }, apology);
        for (const { key } of dropped) deletePart.run(key);
        add(id, added);
      }
      return partsOf(id);
    },
  };
}

function quotedFrom({ key, text, template, thread, question }: PartRow): QuotedPart {
  const answered = thread === null || question === null ? undefined : { id: thread, question };
  return quotedPart({ key, text, isTemplate: template === 1, thread: answered });
}
