import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { LOCK_WAIT_MS } from './open.ts';

/**
 * `log`: the write-ahead log alone, which holds every page as it was at each change. `file`: also the unused bytes of the
 * database's pages, where SQLite leaves copies of rows that it has moved to another page, `secure_delete` or not.
 */
export type Depth = 'log' | 'file';

/** Waiting longer than this for other processes would delay our own callers. */
const WAIT_MS = 250;
/** Above this size a rewrite happens in a temporary file, not in memory. */
const MAX_IN_MEMORY_BYTES = 256 * 1024 * 1024;

/** `SQLITE_BUSY`, `SQLITE_LOCKED` and `SQLITE_FULL`: https://www.sqlite.org/rescode.html */
const PASSING = [5, 6, 13];

/**
 * Leaves no copy on the disk of what was deleted before. Returns false when another process reads or writes now, or when
 * the disk is full: nothing has changed then, and a later call may succeed. Stored data is not at risk: the log is emptied only after the file was synced (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
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

/** Bytes of the file without its log; 0 when there is none. */
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
