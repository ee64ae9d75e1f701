import { randomUUID } from 'node:crypto';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { storeContract } from '../../contracts/store.ts';

storeContract({
  name: 'memory',
  open: async (clock) => createMemoryStore({ clock, newId: randomUUID }),
  moves: Number(process.env.MOVES ?? 300),
});
