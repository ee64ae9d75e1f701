import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** Incremented with every change of the schema; stored as SQLite's `user_version`. */
const SCHEMA_VERSION = 2;

const USERS = `
  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    phone TEXT NOT NULL,
    source TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX users_by_phone ON users (phone);`;

/** Times are milliseconds since 1970. Several users may have the same phone number, as in ansari-backend. */
const SCHEMA = `
  ${USERS}
  CREATE TABLE threads (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX threads_of_user ON threads (user_id);
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id),
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content TEXT NOT NULL,
    said_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_of_thread ON messages (thread_id, said_at);`;

/** Migrations from each version to the next one. */
const MIGRATIONS: Readonly<Record<number, string>> = {
  // Phone numbers were unique.
  1: `
    ALTER TABLE users RENAME TO users_1;
    ${USERS}
    INSERT INTO users SELECT id, phone, 'whatsapp', language, created_at FROM users_1;
    DROP TABLE users_1;`,
};

const version = z.object({ user_version: z.number() });

/** Creates the tables or migrates those of an older file. Throws when a newer version wrote the file. */
export function migrate(db: DatabaseSync, path: string): void {
  const { user_version: found } = version.parse(db.prepare('PRAGMA user_version').get());
  if (found > SCHEMA_VERSION) {
    throw new Error(`${path} has schema ${found}; this version of the backend knows ${SCHEMA_VERSION}`);
  }
  // A table that others refer to is rebuilt as https://www.sqlite.org/lang_altertable.html says.
  db.exec('PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; BEGIN IMMEDIATE');
  if (found === 0) db.exec(SCHEMA);
  else for (let from = found; from < SCHEMA_VERSION; from += 1) db.exec(MIGRATIONS[from] ?? '');
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  db.exec('PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF');
}
