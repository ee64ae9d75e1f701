import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Acceptance } from '../../ports/store.ts';
import { checksumOf } from './checksums.ts';
import { ARRIVED, DONE, WAITING } from './rows.ts';
import { query } from './statements.ts';

/** Rows that are indexed together share index pages. More rows would delay a delivery for longer. */
const INDEX_BATCH_SIZE = 4_096;

/**
 * Messages that are stored and not yet indexed. An id is a hash, so each new one changes another page of the id index, and
 * a message would write ten times its own size. So messages are appended, filling one page after the other, and indexed
 * many at a time, or when a call reads waiting messages. Until then their ids are held in memory here.
 *
 * Several processes may share the file: rows of another process are indexed before an id is looked up.
 */
export function arrivals(database: DatabaseSync) {
  const insert = query(
    database,
    `INSERT INTO messages (id, conversation, sent_at, received_at, state, message, checksum)
     VALUES (?, ?, ?, ?, ${ARRIVED}, ?, ?)`,
  );
  const indexed = query<{ conversation: ConversationId; state: number }>(
    database,
    'SELECT conversation, state FROM messages WHERE id = ? AND state >= 0',
  );
  // The unindexed rows are the last ones of the table, since all of them are indexed at once.
  const indexAll = query(
    database,
    `UPDATE messages SET state = CASE WHEN message IS NULL THEN ${DONE} ELSE ${WAITING} END WHERE arrival > coalesce(
       (SELECT arrival FROM messages WHERE state >= 0 ORDER BY arrival DESC LIMIT 1), 0)`,
  );
  // Changes when another connection writes: https://www.sqlite.org/pragma.html#pragma_data_version
  const dataVersion = query<{ data_version: number }>(database, 'PRAGMA data_version');
  const unindexed = new Map<string, Acceptance>();
  let version: number | undefined;

  function index(): void {
    indexAll.run();
    unindexed.clear();
  }

  return {
    /** Must be called first in every transaction. */
    begin(): void {
      const now = dataVersion.get()?.data_version;
      if (now !== version) index();
      version = now;
    },

    /** Must be called after a rollback: ids in memory may not be in the file. */
    invalidate(): void {
      version = undefined;
    },

    /** Returns the acceptance of a message that is delivered again; undefined when its id is new. */
    find(id: Buffer): Acceptance | undefined {
      const arrived = unindexed.get(id.toString('latin1'));
      if (arrived !== undefined) return arrived;
      const row = indexed.get(id);
      if (row === undefined) return undefined;
      return { outcome: row.state < DONE ? 'waiting' : 'done', conversation: row.conversation };
    },

    /** Inserts a message with a new id. `text: null` marks one that needs no reply. */
    add(id: Buffer, conversation: ConversationId, sentAt: number, now: number, text: string | null): void {
      const row = { id, conversation, sent_at: sentAt, message: text };
      insert.run(id, conversation, sentAt, now, text, text === null ? null : checksumOf('messages', row));
      unindexed.set(id.toString('latin1'), { outcome: text === null ? 'done' : 'waiting', conversation });
      if (unindexed.size >= INDEX_BATCH_SIZE) index();
    },

    /** Must be called before messages are looked up by anything but their id. */
    index(): void {
      if (unindexed.size > 0) index();
    },
  };
}

export type Arrivals = ReturnType<typeof arrivals>;
