import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '#app/ports/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AISHA, BILAL, message, status } from '../../../fakes/messages.ts';

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

/** The texts that are in any file of the store, including deleted rows, free pages and journals. */
const textsInFiles = (texts: readonly string[] = [QUESTION, ANSWER]) =>
  texts.filter((text) => readdirSync(folder).some((file) => readFileSync(join(folder, file)).includes(text)));

async function turn(store: Store, id = 'wamid.0'): Promise<{ lease: Lease; key: string }> {
  const [first] = await store.accept([message(QUESTION, { id })]);
  const claim = await store.claim(first?.conversation ?? '', 10_000);
  if (!claim.claimed) throw new Error('not claimed');
  const { lease } = claim;
  const [part] = await store.writeReply(lease, [ANSWER], {});
  const key = part?.key ?? '';
  await store.markSending(lease, key);
  await store.markSent(lease, key, 'wamid.1');
  return { lease, key };
}

it('keeps texts while they are needed', async () => {
  const store = await open();
  await turn(store);
  await store.close();
  expect(textsInFiles()).toEqual([QUESTION, ANSWER]);
});

it('keeps no text of an answered question or a delivered answer, in any file', async () => {
  const store = await open();
  const { lease, key } = await turn(store);
  await store.finish(lease);
  await store.recordStatuses([status(key, 'delivered')]);
  await store.close();
  expect(textsInFiles()).toEqual([]);
});

it('keeps no text of an answer that was delivered before its turn ended', async () => {
  const store = await open();
  const { lease, key } = await turn(store);
  await store.recordStatuses([status(key, 'read')]);
  await store.finish(lease);
  await store.close();
  expect(textsInFiles()).toEqual([]);
});

it('keeps an answer that is never delivered for 7 days', async () => {
  const first = await open();
  const { lease } = await turn(first);
  await first.finish(lease);
  await first.close();
  expect(textsInFiles()).toEqual([ANSWER]);
  clock.advance(7 * DAY + 1);
  const second = await open();
  await second.forgetOld();
  await second.close();
  expect(textsInFiles()).toEqual([]);
});

it('keeps a failed answer until it is delivered', async () => {
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
  expect(textsInFiles()).toEqual([]);
});

it('keeps nothing of a person who asked to be erased', async () => {
  const store = await open();
  await turn(store);
  await store.erase(AISHA.phone ?? '');
  await store.close();
  expect(textsInFiles()).toEqual([]);
});

/** Identities and texts of a person, as UTF-8. */
const PERSON = [QUESTION, ANSWER, AISHA.phone ?? '', AISHA.userId ?? '', 'wamid.of-the-question', 'wamid.1'];

/**
 * Writes and deletes this text in a table with random inserts and updates: SQLite moves some rows to other pages, and does not
 * overwrite their old place. That is rare, so a separate table is used instead of those of the store.
 */
function leaveInUnusedBytes(text: string): void {
  const database = new DatabaseSync(join(folder, 'test.db'));
  database.exec('PRAGMA secure_delete = ON; DROP TABLE IF EXISTS other');
  database.exec('BEGIN; CREATE TABLE other (key INTEGER PRIMARY KEY, text TEXT)');
  const insert = database.prepare('INSERT OR IGNORE INTO other VALUES (?, ?)');
  const clear = database.prepare('UPDATE other SET text = NULL WHERE key = ?');
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const keys: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    keys.push(random(100_000));
    insert.run(keys.at(-1) ?? 0, text + 'x'.repeat(random(1_500)));
    if (n % 2 === 1) clear.run(keys[random(keys.length)] ?? 0);
  }
  database.exec('UPDATE other SET text = NULL; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

describe('while the service runs', () => {
  it('keeps nothing of a person who was erased by another program', async () => {
    const service = await open();
    await service.accept([message('something else', { person: BILAL })]);
    await turn(service, 'wamid.of-the-question');
    expect(textsInFiles(PERSON)).toEqual(PERSON.slice(0, -1));
    const command = await open();
    leaveInUnusedBytes('a text that was deleted');
    await command.erase(AISHA.phone ?? '');
    expect(await command.purge()).toBe(true);
    expect(textsInFiles([...PERSON, 'a text that was deleted'])).toEqual([]);
    await command.close();
    await service.accept([message('again', { person: BILAL })]);
    expect(await service.backlog()).toMatchObject({ waiting: 2 });
    await service.close();
  });

  it('keeps no unneeded text beyond the next forgetOld', async () => {
    const service = await open();
    const { lease, key } = await turn(service);
    await service.finish(lease);
    await service.recordStatuses([status(key, 'delivered')]);
    expect(textsInFiles()).toEqual([QUESTION, ANSWER]);
    await service.forgetOld();
    expect(textsInFiles()).toEqual([]);
    await service.close();
  });

  it('reports when another program blocked the purge, and succeeds afterwards', async () => {
    const service = await open();
    await turn(service);
    const reader = new DatabaseSync(join(folder, 'test.db'), { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM messages').get();
    await service.erase(AISHA.phone ?? '');
    expect(await service.purge()).toBe(false);
    // A reader does not block a writer.
    expect(await service.accept([message('again', { person: BILAL })])).toMatchObject([{ outcome: 'new' }]);
    expect(await service.forgetOld()).toMatchObject({ texts: 0, rows: 0 });
    reader.exec('COMMIT');
    reader.close();
    expect(await service.purge()).toBe(true);
    expect(textsInFiles()).toEqual([]);
    await service.close();
  });

  it('keeps no text in the unused bytes of pages whose rows were moved', async () => {
    const service = await open();
    leaveInUnusedBytes('a text that was deleted');
    expect(textsInFiles(['a text that was deleted'])).toHaveLength(1);
    await service.forgetOld();
    expect(textsInFiles(['a text that was deleted'])).toEqual([]);
    leaveInUnusedBytes('another one, later that day');
    await service.forgetOld();
    expect(textsInFiles(['another one, later that day'])).toHaveLength(1);
    clock.advance(DAY);
    await service.forgetOld();
    expect(textsInFiles(['another one, later that day'])).toEqual([]);
    await service.close();
  });

  it('rejects when the database is closed', async () => {
    const service = await open();
    await service.close();
    await expect(service.purge()).rejects.toThrow('the database is closed');
  });
});
