import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { type Change, type Correction, changeOf, corrected, originalOf } from '../../domain/correction.ts';
import { rememberedId, type StoreSecret } from '../../domain/identity.ts';
import type { Message, Said } from '../../domain/message.ts';
import type { Arrivals } from './arrivals.ts';
import { DONE, WAITING } from './rows.ts';
import { query } from './statements.ts';

interface Stored {
  readonly arrival: number;
  readonly conversation: ConversationId;
  readonly state: number;
  readonly message: string | null;
}

/** Edits and revokes: applied at once to a waiting message, stored for a message that has not arrived. */
export function corrections(database: DatabaseSync, secret: StoreSecret, arrivals: Arrivals) {
  const find = query<Stored>(
    database,
    'SELECT arrival, conversation, state, message FROM messages WHERE arrival = ?',
  );
  const change = query(database, 'UPDATE messages SET message = ? WHERE arrival = ?');
  const takeOut = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL WHERE arrival = ? AND state = ${WAITING}`,
  );
  const removeWaiting = query(
    database,
    'DELETE FROM waiting WHERE (conversation, sent_at, arrival) = (SELECT conversation, sent_at, arrival FROM messages WHERE arrival = ?)',
  );
  const remember = query(
    database,
    `INSERT INTO corrections (message, conversation, stamp, content, received_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET stamp = excluded.stamp, content = excluded.content WHERE excluded.stamp > stamp`,
  );
  const ahead = query<{ stamp: string; content: string | null }>(
    database,
    'SELECT stamp, content FROM corrections WHERE message = ? AND conversation = ?',
  );
  const forget = query(database, 'DELETE FROM corrections WHERE message = ? AND conversation = ?');

  /** Returns the message; undefined when it has not arrived. */
  function stored(id: Buffer): Stored | undefined {
    const arrival = arrivals.locate(id);
    return arrival === undefined ? undefined : find.get(arrival);
  }

  return {
    /** Changes a waiting message of the same conversation. A message that a turn has taken stays unchanged. */
    correct(now: number, correction: Correction, ownId: Buffer, conversation: ConversationId): void {
      const id = rememberedId(secret, originalOf(correction));
      const made = changeOf(correction, ownId.toString('base64url'));
      const row = stored(id);
      if (row === undefined) {
        remember.run(id, conversation, made.stamp, made.content ? JSON.stringify(made.content) : null, now);
        return;
      }
      if (row.conversation !== conversation || row.state !== WAITING || row.message === null) return;
      const message = JSON.parse(row.message) as Message;
      const next = corrected(message, made);
      if (next === undefined) {
        arrivals.indexConversation(conversation);
        takeOut.run(row.arrival);
        removeWaiting.run(row.arrival);
      } else if (next !== message) change.run(JSON.stringify(next), row.arrival);
    },

    /** Returns an arriving message with earlier corrections applied; undefined when it was revoked. */
    apply(id: Buffer, conversation: ConversationId, message: Message): Message | undefined {
      const row = ahead.get(id, conversation);
      if (row === undefined) return message;
      forget.run(id, conversation);
      return corrected(message, changeFrom(row.stamp, row.content));
    },
  };
}

function changeFrom(stamp: string, content: string | null): Change {
  return content === null ? { stamp } : { stamp, content: JSON.parse(content) as Said };
}
