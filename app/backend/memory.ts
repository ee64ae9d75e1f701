import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../ports.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';

export interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

interface LastThread {
  readonly threadId: string;
  /** Milliseconds since 1970; null while nothing was said in it. */
  readonly lastAt: number | null;
}

/** Who asked what, in SQLite. Only a person's own threads can be seen through it. */
export interface Memory {
  /** Answers the user's id: the same one the second time. */
  register(phone: string, language: string): string;
  userOf(phone: string): string | undefined;
  openThread(userId: string, title: string): string;
  /** The thread in which something happened last. */
  lastThread(userId: string): LastThread | undefined;
  /** Undefined when there is no such thread, or it is another person's. */
  thread(userId: string, threadId: string): { readonly title: string } | undefined;
  /** Oldest first. */
  history(threadId: string): readonly Said[];
  /** Question and answer together or not at all, so that a question asked again is there once. */
  remember(threadId: string, question: string, answer: string): void;
  close(): void;
}

export interface MemoryOptions {
  /** A file, made with its folder when it is missing, readable by its owner only. */
  readonly path: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
}

const version = z.object({ user_version: z.number() });
const idRow = z.object({ id: z.string() });
const titleRow = z.object({ title: z.string() });
const lastRow = z.object({ id: z.string(), last_at: z.number().nullable() });
const said = z.object({ role: z.enum(['user', 'assistant']), content: z.string() });

/** Throws when the file was written by a newer version of this program. */
export function openMemory({ path, clock, newId }: MemoryOptions): Memory {
  keepPrivate(path);
  const db = new DatabaseSync(path);
  try {
    prepare(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
  const insertUser = db.prepare(
    'INSERT INTO users (id, phone, language, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (phone) DO NOTHING',
  );
  const selectUser = db.prepare('SELECT id FROM users WHERE phone = ?');
  const insertThread = db.prepare('INSERT INTO threads (id, user_id, title, created_at) VALUES (?, ?, ?, ?)');
  const selectThread = db.prepare('SELECT title FROM threads WHERE id = ? AND user_id = ?');
  const selectLast = db.prepare(`
    SELECT threads.id, max(messages.last_sent_at) AS last_at
    FROM threads LEFT JOIN messages ON messages.thread_id = threads.id
    WHERE threads.user_id = ?
    GROUP BY threads.id
    ORDER BY coalesce(max(messages.last_sent_at), threads.created_at) DESC, threads.rowid DESC
    LIMIT 1`);
  const selectMessages = db.prepare('SELECT role, content FROM messages WHERE thread_id = ? ORDER BY id');
  const insertPair = db.prepare(
    `INSERT INTO messages (thread_id, role, content, last_sent_at) VALUES (?, 'user', ?, ?), (?, 'assistant', ?, ?)`,
  );

  const userOf = (phone: string): string | undefined => idRow.optional().parse(selectUser.get(phone))?.id;

  return {
    register(phone, language) {
      insertUser.run(newId(), phone, language, clock.now());
      return idRow.parse(selectUser.get(phone)).id;
    },
    userOf,
    openThread(userId, title) {
      const id = newId();
      insertThread.run(id, userId, title, clock.now());
      return id;
    },
    lastThread(userId) {
      const row = lastRow.optional().parse(selectLast.get(userId));
      return row && { threadId: row.id, lastAt: row.last_at };
    },
    thread: (userId, threadId) => titleRow.optional().parse(selectThread.get(threadId, userId)),
    history: (threadId) => z.array(said).parse(selectMessages.all(threadId)),
    remember(threadId, question, answer) {
      const now = clock.now();
      insertPair.run(threadId, question, now, threadId, answer, now);
    },
    close: () => db.close(),
  };
}

/** SQLite gives its side files (`-wal`, `-shm`) the mode of the database, so it must be right before they exist. */
function keepPrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function prepare(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  db.exec('PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON');
  const { user_version: found } = version.parse(db.prepare('PRAGMA user_version').get());
  if (found > SCHEMA_VERSION) {
    throw new Error(`${path} has schema ${found}; this version of the backend knows ${SCHEMA_VERSION}`);
  }
  if (found < SCHEMA_VERSION) {
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  }
}
