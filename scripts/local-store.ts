import { randomUUID } from 'node:crypto';
import { systemClock as clock } from '../app/clock.ts';
import { readConfig } from '../app/config.ts';
import type { ConversationStore } from '../app/ports.ts';
import { openSqliteStore } from '../app/stores/sqlite/store.ts';

/** The SQLite file of this machine's configuration, beside the app that may be running on it. */
export async function openLocalStore(): Promise<ConversationStore> {
  const { store } = readConfig(process.env);
  if (store.kind !== 'sqlite')
    throw new Error(`STORE is ${store.kind}; this command reads the SQLite file of SQLITE_PATH.`);
  return openSqliteStore({ path: store.path, clock, newId: randomUUID });
}
