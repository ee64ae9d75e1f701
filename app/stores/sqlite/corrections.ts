import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { type Change, type Correction, changeOf, corrected, originalOf } from '../../domain/correction.ts';
import { rememberedId, type StoreSecret } from '../../domain/identity.ts';
import type { Message, Said } from '../../domain/message.ts';
import type { Arrivals } from './arrivals.ts';
import { checksumOf, intact, type Stored } from './checksums.ts';
import { DONE, messageFrom, WAITING } from './rows.ts';
import { query } from './statements.ts';

interface Ahead extends Stored<'corrections'> {
  readonly stamp: string;
  readonly content: string | null;
}

/** Edits and revokes: applied at once to a waiting message, stored for a message that has not arrived. */
export function corrections(database: DatabaseSync, secret: StoreSecret, arrivals: Arrivals) {
  const change = query(database, 'UPDATE messages SET message = ?, checksum = ? WHERE arrival = ?');
  const takeOut = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, checksum = NULL WHERE arrival = ? AND state = ${WAITING}`,
  );
  const removeWaiting = query(
    database,
    'DELETE FROM waiting WHERE (conversation, sent_at, arrival) = (SELECT conversation, sent_at, arrival FROM messages WHERE arrival = ?)',
  );
  const remember = query(
    database,
    `INSERT INTO corrections (message, conversation, stamp, content, received_at, checksum) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET stamp = excluded.stamp, content = excluded.content, checksum = excluded.checksum
     WHERE excluded.stamp > stamp`,
  );
  const ahead = query<Ahead>(
    database,
    'SELECT message, conversation, stamp, content, checksum FROM corrections WHERE message = ? AND conversation = ?',
  );
  const forget = query(database, 'DELETE FROM corrections WHERE message = ? AND conversation = ?');

  return {
    /** Changes a waiting message of the same conversation. A message that a turn has taken stays unchanged. */
    correct(now: number, correction: Correction, ownId: Buffer, conversation: ConversationId): void {
      const id = rememberedId(secret, originalOf(correction));
      const made = changeOf(correction, ownId.toString('base64url'));
      const row = arrivals.stored(id);
      if (row === undefined) {
        const content = made.content ? JSON.stringify(made.content) : null;
        const covered = { message: id, conversation, stamp: made.stamp, content };
        remember.run(id, conversation, made.stamp, content, now, checksumOf('corrections', covered));
        return;
      }
      const { message: text, arrival } = row;
      if (row.conversation !== conversation || row.state !== WAITING || text === null) return;
      const message = messageFrom({ ...row, message: text });
      const next = corrected(message, made);
      if (next === undefined) {
        arrivals.indexConversation(conversation);
        takeOut.run(arrival);
        removeWaiting.run(arrival);
      } else if (next !== message) {
        const changed = JSON.stringify(next);
        change.run(changed, checksumOf('messages', { ...row, message: changed }), arrival);
      }
    },

    /** Returns an arriving message with earlier corrections applied; undefined when it was revoked. */
    apply(id: Buffer, conversation: ConversationId, message: Message): Message | undefined {
      const row = ahead.get(id, conversation);
      if (row === undefined) return message;
      intact('corrections', `a correction of the conversation ${conversation}`, row);
      forget.run(id, conversation);
      return corrected(message, changeFrom(row.stamp, row.content));
    },
  };
}

function changeFrom(stamp: string, content: string | null): Change {
  return content === null ? { stamp } : { stamp, content: JSON.parse(content) as Said };
}
