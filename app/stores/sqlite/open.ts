import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { preparePrivateFile } from '../../private-file.ts';
import { migrate, NewerSchema } from './schema.ts';

/** Longer than any transaction here; when another process locks the file for longer, the call fails. */
export const LOCK_WAIT_MS = 2_000;

/** A full check reads the whole file; above this size pages are only checked when they are read. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

/** The file is unusable and a retry will not help. The message says what an operator can do. */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase';
}

/**
 * Opens the file, creates it (mode 0600) and its folder when missing, and migrates it to this program's schema. Every
 * commit is on disk before it returns (WAL with `synchronous=FULL`), and deleted text is overwritten. Throws
 * `UnusableDatabase`.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') preparePrivateFile(path);
    database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
    database.exec('PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;');
    // Index pages change repeatedly: with checkpoints at four times the default distance each is copied from the log to
    // the file a quarter as often, and a cache for all pages that change together (16 MB) writes each of them once.
    database.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000;');
    checkContent(database, path);
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof UnusableDatabase) throw error;
    throw new UnusableDatabase(`SQLITE_PATH ${path}: ${adviceFor(error)}`, { cause: error });
  }
}

function checkContent(database: DatabaseSync, path: string): void {
  if (path === ':memory:' || statSync(path).size > MAX_CHECKED_BYTES) return;
  const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new UnusableDatabase(`SQLITE_PATH ${path}: ${CORRUPT} (${found})`);
}

const CORRUPT =
  'the file is damaged. Stop the service, keep a copy of the file with its -wal and -shm beside it, restore a backup or move all three away, and start again';

/** Returns the operator's action for SQLite's result codes (https://www.sqlite.org/rescode.html) and Node's file errors. */
function adviceFor(error: unknown): string {
  if (error instanceof NewerSchema) return error.message;
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
  return `cannot be opened (${message ?? 'no reason given'}). Name a file in a folder that this user can write`;
}
