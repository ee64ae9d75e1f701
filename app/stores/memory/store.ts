import type { Clock } from '../../ports/clock.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { corrections as correctionsIn } from './corrections.ts';
import { costs } from './costs.ts';
import { inbox } from './inbox.ts';
import { maintenance } from './maintenance.ts';
import { operations } from './operations.ts';
import { noRecords } from './records.ts';
import { turns } from './turns.ts';

interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly newId: () => string;
}

/** A store in the process's memory, for tests and experiments: everything is lost with the process. */
export function createMemoryStore({ clock, newId }: MemoryStoreOptions): ConversationStore {
  const records = noRecords(clock, newId);
  const corrections = correctionsIn(records);
  return {
    ...inbox(records, corrections),
    ...turns(records),
    ...maintenance(records, corrections),
    ...operations(records, corrections),
    ...costs(records),
    async ready() {},
    async close() {},
  };
}
