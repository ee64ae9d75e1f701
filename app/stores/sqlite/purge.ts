import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { LOCK_WAIT_MS } from './open.ts';

/**
 * `log`: the write-ahead log only, which holds every version of a page. `file`: also the unused bytes of the database's
 * pages, where SQLite leaves copies of rows that it moved to another page, even with `secure_delete`.
 */
export type Depth = 'log' | 'file';

/** A longer wait for other processes would delay the callers in this process. */
const WAIT_MS = 250;
/** Above this size a rewrite uses a temporary file instead of memory. */
const MAX_IN_MEMORY_BYTES = 256 * 1024 * 1024;

/** `SQLITE_BUSY`, `SQLITE_LOCKED` and `SQLITE_FULL`: https://www.sqlite.org/rescode.html */
const PASSING = [5, 6, 13];

/**
 * Removes every copy of deleted data from the disk. Returns false, without a change, when another process reads or writes,
 * or when the disk is full; a later call may succeed. Stored data is not at risk: the log is emptied only after the file
 * was synced (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
 */
export function purge(database: DatabaseSync, depth: Depth): boolean {
  database.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
  try {
    if (depth === 'file') rewrite(database);
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } catch (error) {
    const { errcode } = error as { errcode?: number };
    if (PASSING.includes((errcode ?? 0) & 0xff)) return false;
    throw error;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`);
  }
}

/** Returns the bytes of the file without its log; 0 for a missing file. */
export function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function rewrite(database: DatabaseSync): void {
  const large = sizeOf(database.location() ?? '') > MAX_IN_MEMORY_BYTES;
  if (large) database.exec('PRAGMA temp_store = FILE');
  try {
    database.exec('VACUUM');
  } finally {
    if (large) database.exec('PRAGMA temp_store = MEMORY');
  }
}
