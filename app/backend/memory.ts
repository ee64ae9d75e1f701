import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import { preparePrivateFile } from '../private-file.ts';
import { migrate } from './schema.ts';

export interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

interface LastThread {
  readonly threadId: string;
  /** Time of its last message, or of its creation; milliseconds since 1970. */
  readonly lastAt: number;
}

/** Where a user registered. Only `exists` finds users of both sources. */
type Source = 'whatsapp' | 'web';

/** Users, threads and messages. A user can read their own threads only. */
export interface Memory {
  /** Creates a user, also for a number that has one. Returns false on failure. */
  register(phone: string, language: string, source: Source): boolean;
  exists(phone: string): boolean;
  /** Returns the first WhatsApp user with this number. */
  userOf(phone: string): string | undefined;
  /** Returns undefined on failure. */
  openThread(userId: string, title: string): string | undefined;
  /** Returns the thread with the latest activity. */
  lastThread(userId: string): LastThread | undefined;
  /** Returns undefined when there is no such thread, or another user owns it. */
  thread(userId: string, threadId: string): { readonly title: string } | undefined;
  /** Oldest first. */
  history(threadId: string): readonly (Said & { readonly id: string })[];
  append(threadId: string, said: Said): void;
  close(): void;
}

export interface MemoryOptions {
  /** A file, readable by its owner only; created with its folder when missing. */
  readonly path: string;
  readonly clock: Pick<Clock, 'now'>;
  /** UUIDs, or other ids with at least 24 hexadecimal digits. */
  readonly newId: () => string;
}

const idRow = z.object({ id: z.string() });
const titleRow = z.object({ title: z.string() });
const lastRow = z.object({ id: z.string(), last_at: z.number() });
const saidRow = z.object({ id: z.number(), role: z.enum(['user', 'assistant']), content: z.string() });

/** Opens the memory in one SQLite file. Throws when a newer version of this program wrote the file. */
export function openMemory({ path, clock, newId }: MemoryOptions): Memory {
  preparePrivateFile(path);
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
    db.exec('PRAGMA secure_delete = ON');
    migrate(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
  const insertUser = db.prepare(
    'INSERT INTO users (id, phone, source, language, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const selectUser = db.prepare(
    "SELECT id FROM users WHERE phone = ? AND source = 'whatsapp' ORDER BY rowid LIMIT 1",
  );
  const selectAnyUser = db.prepare('SELECT id FROM users WHERE phone = ? LIMIT 1');
  const insertThread = db.prepare('INSERT INTO threads (id, user_id, title, created_at) VALUES (?, ?, ?, ?)');
  const selectThread = db.prepare('SELECT title FROM threads WHERE id = ? AND user_id = ?');
  const selectLast = db.prepare(`
    SELECT threads.id, coalesce(max(messages.said_at), threads.created_at) AS last_at
    FROM threads LEFT JOIN messages ON messages.thread_id = threads.id
    WHERE threads.user_id = ?
    GROUP BY threads.id
    ORDER BY last_at DESC, threads.rowid DESC
    LIMIT 1`);
  const selectMessages = db.prepare('SELECT id, role, content FROM messages WHERE thread_id = ? ORDER BY id');
  const insertMessage = db.prepare(
    'INSERT INTO messages (thread_id, role, content, said_at) VALUES (?, ?, ?, ?)',
  );
  const objectId = () => newId().replaceAll('-', '').slice(0, 24);

  return {
    register(phone, language, source) {
      insertUser.run(objectId(), phone, source, language, clock.now());
      return true;
    },
    exists: (phone) => selectAnyUser.get(phone) !== undefined,
    userOf: (phone) => idRow.optional().parse(selectUser.get(phone))?.id,
    openThread(userId, title) {
      const id = objectId();
      insertThread.run(id, userId, title, clock.now());
      return id;
    },
    lastThread(userId) {
      const row = lastRow.optional().parse(selectLast.get(userId));
      return row && { threadId: row.id, lastAt: row.last_at };
    },
    thread: (userId, threadId) => titleRow.optional().parse(selectThread.get(threadId, userId)),
    history: (threadId) =>
      z
        .array(saidRow)
        .parse(selectMessages.all(threadId))
        .map(({ id, ...said }) => ({ id: id.toString(16).padStart(24, '0'), ...said })),
    append(threadId, { role, content }) {
      insertMessage.run(threadId, role, content, clock.now());
    },
    close: () => db.close(),
  };
}

/** ansari-backend with an unreachable database: its functions catch the error and return these values. */
export const UNREACHABLE_MEMORY: Memory = {
  register: () => false,
  exists: () => false,
  userOf: () => '{status: failure}',
  openThread: () => undefined,
  lastThread: () => undefined,
  thread: () => undefined,
  history: () => [],
  append() {},
  close() {},
};
