import type { Clock } from '../../ports/clock.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { accepting } from './accepting.ts';
import { correcting } from './correcting.ts';
import { noRecords } from './records.ts';
import { replying } from './replying.ts';
import { upkeep } from './upkeep.ts';
import { working } from './working.ts';

interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Keeps everything in this process, for tests and for trying things out: what it holds is gone with the process. */
export function createMemoryStore({ clock, newId }: MemoryStoreOptions): ConversationStore {
  const records = noRecords(clock, newId);
  const corrections = correcting(records);
  return {
    ...accepting(records, corrections),
    ...working(records),
    ...replying(records),
    ...upkeep(records, corrections),
    async purge() {
      return true;
    },
    async ready() {},
    async close() {},
  };
}
