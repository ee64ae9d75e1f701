import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { storeContract } from '../../../contracts/store.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';

storeContract({
  name: 'sqlite',
  open: (clock) => openSqliteStore({ path: join(temporaryFolder(), 'test.db'), clock, newId: randomUUID }),
  moves: 40,
});
