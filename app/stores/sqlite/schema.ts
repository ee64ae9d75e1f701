import type { DatabaseSync } from 'node:sqlite';

/** What this program writes into `user_version`. A file with a higher one was written by a newer program. */
const SCHEMA_VERSION = 3;

/**
 * messages: one row per id, for as long as the id is remembered. state: -1 stored and in no index yet, 0 waiting,
 *   1 in an open turn, 2 done, 3 dead.
 * conversations: lease, rest and facts; `questions` is JSON. Whether there is work is not stored twice: it is what `waiting` and `turn` say.
 * parts: state 0 unsent, 1 sending, 2 sent.
 */
const MESSAGES = `
  CREATE TABLE messages (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    conversation TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    turn TEXT,
    message TEXT
  ) STRICT;
  CREATE UNIQUE INDEX ids ON messages (id) WHERE state >= 0;
  CREATE INDEX waiting ON messages (conversation, sent_at, arrival) WHERE state = 0;
  CREATE INDEX taken ON messages (turn) WHERE turn IS NOT NULL;
`;

const SCHEMA = `
  ${MESSAGES}
  CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    number TEXT NOT NULL,
    phone TEXT,
    user_id TEXT,
    account TEXT NOT NULL,
    language TEXT,
    registered INTEGER NOT NULL DEFAULT 0,
    thread TEXT,
    thread_at INTEGER,
    token TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    turn TEXT,
    last_at INTEGER NOT NULL,
    questions TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX working ON conversations (lease_until) WHERE turn IS NOT NULL;

  CREATE TABLE identities (
    channel TEXT NOT NULL,
    number TEXT NOT NULL,
    identity TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (channel, number, identity)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX identities_of ON identities (conversation);

  CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    buried TEXT,
    buried_at INTEGER,
    finished INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX turns_by_age ON turns (opened_at);
  CREATE INDEX dead_letters ON turns (buried_at) WHERE buried IS NOT NULL;

  CREATE TABLE parts (
    key TEXT PRIMARY KEY,
    turn TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    state INTEGER NOT NULL,
    tried_at INTEGER,
    platform_id BLOB,
    progress TEXT,
    code TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parts_of ON parts (turn, position);
  CREATE INDEX parts_by_platform_id ON parts (platform_id) WHERE platform_id IS NOT NULL;
`;

/** From each older version to the next one. */
const MIGRATIONS: Readonly<Record<number, string>> = {
  // Ids had an index that every message changed at once.
  1: `
    ALTER TABLE messages RENAME TO messages_1;
    DROP INDEX waiting;
    DROP INDEX taken;
    ${MESSAGES}
    INSERT INTO messages SELECT * FROM messages_1;
    DROP TABLE messages_1;
  `,
  // Questions were not counted.
  2: 'ALTER TABLE conversations ADD COLUMN questions TEXT;',
};

/** The file was written by a program that knows more than this one. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';

  constructor(found: number) {
    super(
      `written by a newer version of this program (schema ${found}, this one knows ${SCHEMA_VERSION}). Start that version, or name another file`,
    );
  }
}

/** Creates the tables in a new file and brings those of an older program up to date. Throws `NewerSchema`. */
export function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (found > SCHEMA_VERSION) throw new NewerSchema(found);
  if (found === 0) database.exec(SCHEMA);
  else
    for (let version = found; version < SCHEMA_VERSION; version += 1)
      database.exec(MIGRATIONS[version] ?? '');
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}
