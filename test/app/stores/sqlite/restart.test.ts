import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { settableClock } from '../../../fakes/clock.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

const DAY = 24 * 60 * 60 * 1000;

it('stores an id for 8 days across restarts, and deletes it after 10', async () => {
  const path = join(temporaryFolder(), 'test.db');
  const clock = settableClock();
  const once = message();
  const outcomes: (string | undefined)[] = [];
  for (const days of [0, 7, 1, 2]) {
    clock.advance(days * DAY);
    const store = await openSqliteStore({ path, clock, newId: randomUUID });
    await store.forgetOld();
    const [acceptance] = await store.accept([once]);
    outcomes.push(acceptance?.outcome);
    const claim = await store.claim(acceptance?.conversation ?? '', 10_000);
    if (claim.claimed) await store.finish(claim.lease);
    await store.close();
  }
  expect(outcomes).toEqual(['new', 'done', 'done', 'new']);
});
