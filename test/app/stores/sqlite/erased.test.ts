import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { storeSecret } from '#app/stores/sqlite/schema.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { settableClock } from '../../../fakes/clock.ts';
import { tracesOf } from '../../../fakes/digests.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AISHA, BILAL, message } from '../../../fakes/messages.ts';

/** Every value of every row, blobs in hexadecimal. */
function everythingIn(path: string): { text: string; secret: string; owners: unknown[] } {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const values = tables
    .flatMap(({ name }) => database.prepare(`SELECT * FROM ${name}`).all())
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)));
  const owners = database.prepare('SELECT DISTINCT conversation FROM messages').all();
  const secret = storeSecret(database);
  database.close();
  return { text: values.join('\n'), secret, owners: owners.map(({ conversation }) => conversation) };
}

it('keeps nothing of an erased person that could be matched with a known number', async () => {
  const path = join(temporaryFolder(), 'test.db');
  const clock = settableClock();
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  const { phone = '', userId = '' } = AISHA;
  const [first] = await store.accept([message('one'), message('two', { person: { userId } })]);
  const claim = await store.claim(first?.conversation ?? '', 10_000);
  if (!claim.claimed) throw new Error('not claimed');
  await store.writeReply(claim.lease, ['An answer.'], {});
  await store.finish(claim.lease);
  const [waiting] = await store.accept([message('three')]);
  const [other] = await store.accept([message('hello', { person: BILAL })]);
  const before = everythingIn(path);
  expect(tracesOf(phone, before.secret).some((trace) => before.text.includes(trace))).toBe(true);
  expect(before.owners).toContain(waiting?.conversation);

  await store.erase(phone);
  const after = everythingIn(path);
  for (const name of [phone, userId]) {
    for (const trace of tracesOf(name, after.secret)) expect(after.text).not.toContain(trace);
  }
  expect(after.text).not.toContain(first?.conversation);
  expect(after.owners.toSorted()).toEqual(['', other?.conversation]);
  await store.close();
});
