import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Lease } from '../../../../app/ports.ts';
import { openSqliteStore } from '../../../../app/stores/sqlite/store.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AISHA, message, status } from '../../../fakes/messages.ts';

const DAY = 24 * 60 * 60 * 1000;
const QUESTION = 'a question that nobody else should ever read';
const ANSWER = 'an answer that nobody else should ever read';

let folder: string;
let clock: SettableClock;
beforeEach(() => {
  folder = temporaryFolder();
  clock = settableClock();
});

const open = () => openSqliteStore({ path: join(folder, 'test.db'), clock, newId: randomUUID });
type Store = Awaited<ReturnType<typeof open>>;

/** Which of the words stand in any file of the store: deleted rows, free pages and journals too. */
const words = () =>
  [QUESTION, ANSWER].filter((text) =>
    readdirSync(folder).some((file) => readFileSync(join(folder, file)).includes(text)),
  );

async function turn(store: Store): Promise<{ lease: Lease; key: string }> {
  const [first] = await store.accept([message(QUESTION)]);
  const claim = await store.claim(first?.conversation ?? '', 10_000);
  if (!claim.claimed) throw new Error('not claimed');
  const { lease } = claim;
  const [part] = await store.writeReply(lease, [ANSWER], {});
  const key = part?.key ?? '';
  await store.markSending(lease, key);
  await store.markSent(lease, key, 'wamid.1');
  return { lease, key };
}

it('keeps the words while they are needed', async () => {
  const store = await open();
  await turn(store);
  await store.close();
  expect(words()).toEqual([QUESTION, ANSWER]);
});

it('keeps no word of a question that is answered, and none of an answer that has arrived, in any file', async () => {
  const store = await open();
  const { lease, key } = await turn(store);
  await store.finish(lease);
  await store.recordStatuses([status(key, 'delivered')]);
  await store.close();
  expect(words()).toEqual([]);
});

it('keeps none of an answer that had arrived before its turn ended', async () => {
  const store = await open();
  const { lease, key } = await turn(store);
  await store.recordStatuses([status(key, 'read')]);
  await store.finish(lease);
  await store.close();
  expect(words()).toEqual([]);
});

it('keeps an answer that never arrives for 7 days', async () => {
  const first = await open();
  const { lease } = await turn(first);
  await first.finish(lease);
  await first.close();
  expect(words()).toEqual([ANSWER]);
  clock.advance(7 * DAY + 1);
  const second = await open();
  await second.forgetOld();
  await second.close();
  expect(words()).toEqual([]);
});

it('keeps an answer that failed until it has arrived', async () => {
  const store = await open();
  const { lease, key } = await turn(store);
  await store.finish(lease);
  await store.recordStatuses([status(key, 'failed', { platformId: 'wamid.1', code: '131000' })]);
  const again = await store.claim(lease.conversation, 10_000);
  if (!again.claimed) throw new Error('not claimed');
  expect(again.turn.parts).toMatchObject([{ text: ANSWER }]);
  await store.markUnsent(again.lease, key);
  await store.markSending(again.lease, key);
  await store.markSent(again.lease, key, 'wamid.2');
  await store.finish(again.lease);
  await store.recordStatuses([status(key, 'delivered', { platformId: 'wamid.2' })]);
  await store.close();
  expect(words()).toEqual([]);
});

it('keeps nothing of a person who asked to be erased', async () => {
  const store = await open();
  await turn(store);
  await store.erase(AISHA.phone ?? '');
  await store.close();
  expect(words()).toEqual([]);
});
