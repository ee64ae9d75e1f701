import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CLOCK_FILE } from '../simulator/clock-offset.ts';
import { CHANNELS } from '../simulator/options.ts';
import { APP_DATABASE, BACKEND_DATABASE, META_DATABASE, stateFile } from './parts.ts';

/** A database, its log and its index. */
const SQLITE_SUFFIXES = ['', '-wal', '-shm'];

/** Removes chats, messages and threads of former runs, after saying what. Idempotent. */
export function beginAnew(root: string, say: (sentence: string) => void): void {
  const databases = [APP_DATABASE, META_DATABASE, BACKEND_DATABASE].flatMap((path) =>
    SQLITE_SUFFIXES.map((suffix) => path + suffix),
  );
  const states = CHANNELS.flatMap((channel) => [stateFile(channel), `${stateFile(channel)}.tmp`]);
  const present = [...states, ...databases, CLOCK_FILE].filter((path) => existsSync(join(root, path)));
  say(present.length === 0 ? 'Nothing to remove.' : `Removing ${present.join(', ')}`);
  for (const path of present) rmSync(join(root, path), { force: true });
}
