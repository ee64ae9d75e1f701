import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Acceptance } from '../../ports/store.ts';
import { type Arrived, arrivedMessages } from './arrived.ts';
import { checksumOf, DamagedRow } from './checksums.ts';
import { insertingRows } from './insert-rows.ts';
import { DONE, type MessageRow, WAITING } from './rows.ts';
import { query } from './statements.ts';

/** A message that waits for its answer or had it. */
export interface StoredMessage extends Omit<MessageRow, 'message'> {
  readonly state: number;
  /** null when it needs no reply, or is deleted. */
  readonly message: string | null;
}

/** Rows that are indexed together share index pages. */
const INDEX_BATCH_SIZE = 4_096;
/** Index rows that one transaction writes for earlier ones, at least and for each message that it adds. */
const MIN_SLICE = 128;
const SLICE_PER_MESSAGE = 4;

/**
 * Messages that are stored and not yet indexed. An id is a hash, so each new one changes another page of the id index, and
 * a message would write ten times its own size. So messages are appended, filling one page after the other, and indexed
 * many at a time, in the order of each index and in slices, so that no transaction writes many pages. Until then they are
 * held in memory here. A conversation is indexed before its waiting messages are read.
 *
 * Several processes may share the file: rows of another process are indexed before an id is looked up.
 */
export function arrivals(database: DatabaseSync) {
  const insert = query(
    database,
    `INSERT INTO messages (id, conversation, sent_at, received_at, state, message, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const storedAt = query<StoredMessage>(
    database,
    'SELECT arrival, id, conversation, sent_at, state, message, checksum FROM messages WHERE arrival = ?',
  );
  const arrivalOf = query<{ arrival: number }>(database, 'SELECT arrival FROM ids WHERE id = ?');
  const insertIds = insertingRows(database, 'ids', ['id', 'arrival']);
  const waitingColumns = ['conversation', 'sent_at', 'arrival', 'received_at'];
  const insertWaiting = insertingRows(database, 'waiting', waitingColumns);
  const setIndexed = query(database, 'UPDATE indexed SET arrival = ?');
  const later = 'WHERE arrival > (SELECT arrival FROM indexed)';
  const recover = [
    `INSERT OR IGNORE INTO ids SELECT id, arrival FROM messages ${later} ORDER BY id`,
    `INSERT OR IGNORE INTO waiting SELECT conversation, sent_at, arrival, received_at FROM messages
     ${later} AND state = ${WAITING}`,
    `UPDATE indexed SET arrival = coalesce((SELECT max(arrival) FROM messages), 0)`,
  ].map((sql) => query(database, sql));
  // Changes when another connection writes: https://www.sqlite.org/pragma.html#pragma_data_version
  const dataVersion = query<{ data_version: number }>(database, 'PRAGMA data_version');
  /** Those that arrive now, and the full batch before them, which is indexed in slices. */
  let fresh = arrivedMessages();
  let batch = arrivedMessages();
  let added = 0;
  let version: number | undefined;

  function index(): void {
    for (const statement of recover) statement.run();
    fresh = arrivedMessages();
    batch = arrivedMessages();
  }

  function write(limit: number): void {
    const { ids, waiting, last } = batch.next(limit);
    insertIds(ids.map(({ id, arrival }) => [id, arrival]));
    writeWaiting(waiting);
    if (last !== undefined) setIndexed.run(last);
  }

  function writeWaiting(messages: readonly Arrived[]): void {
    insertWaiting(
      messages.map(({ conversation, sentAt, arrival, receivedAt }) => [
        ...[conversation, sentAt],
        ...[arrival, receivedAt],
      ]),
    );
  }

  function locate(id: Buffer): number | undefined {
    return fresh.arrivalOf(id) ?? batch.arrivalOf(id) ?? arrivalOf.get(id)?.arrival;
  }

  /** Throws `DamagedRow` when the place is not that of the message. */
  function stored(id: Buffer): StoredMessage | undefined {
    const arrival = locate(id);
    if (arrival === undefined) return undefined;
    const row = storedAt.get(arrival);
    if (row === undefined || Buffer.compare(row.id, id) !== 0)
      throw new DamagedRow(`the index of messages at the place ${arrival}`);
    return row;
  }

  return {
    /** Must be called first in every transaction. */
    begin(): void {
      const now = dataVersion.get()?.data_version;
      if (now !== version) index();
      version = now;
      added = 0;
    },

    /** Must be called last in every transaction: writes a slice of the index rows of earlier messages. */
    end(): void {
      if (batch.isEmpty() && fresh.size() >= INDEX_BATCH_SIZE) {
        batch = fresh;
        fresh = arrivedMessages();
      }
      if (!batch.isEmpty()) write(Math.max(MIN_SLICE, added * SLICE_PER_MESSAGE));
    },

    /** Must be called after a rollback: messages in memory may not be in the file. */
    invalidate(): void {
      version = undefined;
    },

    /** Returns a message; undefined when it has not arrived. */
    stored,

    /** Returns the acceptance of a message that is delivered again; undefined when its id is new. */
    find(id: Buffer): Acceptance | undefined {
      const row = stored(id);
      if (row === undefined) return undefined;
      return { outcome: row.state < DONE ? 'waiting' : 'done', conversation: row.conversation };
    },

    /** Inserts a message with a new id. `text: null` marks one that needs no reply. */
    add(id: Buffer, conversation: ConversationId, sentAt: number, now: number, text: string | null): void {
      const state = text === null ? DONE : WAITING;
      const sum =
        text === null ? null : checksumOf('messages', { id, conversation, sent_at: sentAt, message: text });
      const arrival = insert.insert(id, conversation, sentAt, now, state, text, sum);
      fresh.add({ id, conversation, arrival, sentAt, receivedAt: now }, text !== null);
      added += 1;
    },

    /** Must be called before the waiting messages of a conversation are read. */
    indexConversation(conversation: ConversationId): void {
      writeWaiting(batch.takeWaiting(conversation));
      writeWaiting(fresh.takeWaiting(conversation));
    },

    /** Must be called before the waiting messages of several conversations are read. */
    indexWaiting(): void {
      writeWaiting(batch.takeAllWaiting());
      writeWaiting(fresh.takeAllWaiting());
    },

    /** Must be called before messages are deleted, or found by what is in neither index. */
    index(): void {
      if (!fresh.isEmpty() || !batch.isEmpty()) index();
    },
  };
}

export type Arrivals = ReturnType<typeof arrivals>;
