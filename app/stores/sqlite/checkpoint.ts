import type { DatabaseSync } from 'node:sqlite';

/**
 * Pages of the log that are copied to the file together. More would delay the next commit for longer, fewer would sync the
 * file more often.
 */
const CHECKPOINT_PAGES = 500;
/** What a commit writes beside the pages of its calls, about: the ends of tables and a slice of the indexes. */
const PAGES_PER_COMMIT = 6;

/**
 * Copies the log to the file between commits, after the callers of the last one have their outcomes: SQLite itself does so
 * inside of a commit. Returns a function that must be called after each commit with its number of calls.
 */
export function checkpointing(database: DatabaseSync): (calls: number) => void {
  let pages = 0;
  return (calls) => {
    pages += calls + PAGES_PER_COMMIT;
    if (pages < CHECKPOINT_PAGES) return;
    pages = 0;
    try {
      // Waits for nobody: what another process still reads is copied the next time.
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // The commits are in the log and stay valid: on a full disk it grows until there is room. A disk that fails is
      // reported by the next call.
    }
  };
}
