import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a file with mode 0600, and its folder, if missing. Call it before SQLite opens the file: the side files (`-wal`,
 * `-shm`) get the mode of the database.
 */
export function preparePrivateFile(path: string): void {
  makeFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

/** Not `mkdirSync` with `recursive`: that never returns where no folder can be created, such as under `/proc`. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it in between.
    if (!existsSync(path)) throw error;
  }
}
