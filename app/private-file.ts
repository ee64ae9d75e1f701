import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a file that only this user may read, and its folder, when absent. To be called before SQLite opens it: side
 * files (`-wal`, `-shm`) get the mode of the database.
 */
export function preparePrivateFile(path: string): void {
  makeFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

/** Not `mkdirSync` with `recursive`: that never returns where no folder can be made, such as `/proc`. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process that starts now may have been faster.
    if (!existsSync(path)) throw error;
  }
}
