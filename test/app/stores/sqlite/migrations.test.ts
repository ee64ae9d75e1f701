import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { createEngine } from '../../../../app/stores/sqlite/engine.ts';
import { openDatabase } from '../../../../app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

const LATER = 1_763_800_000_000;

/** What there is, whatever it is called inside. */
function tablesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT type, name, tbl_name, replace(sql, ' ', '') AS sql FROM sqlite_master ORDER BY name")
    .all()
    .map((row) => ({ ...row, sql: String(row.sql).replaceAll(/\s|"/g, '') }));
}

it('brings a file of schema 1 up to date and goes on with what is in it', () => {
  const path = join(temporaryFolder(), 'test.db');
  const old = new DatabaseSync(path);
  old.exec(readFileSync(join(import.meta.dirname, '../../../fixtures/sqlite/schema-1.sql'), 'utf8'));
  old.close();

  const database = openDatabase(path);
  const fresh = openDatabase(':memory:');
  expect(tablesOf(database)).toEqual(tablesOf(fresh));
  fresh.close();

  const run = createEngine(database);
  const again = (id: string, phone: string) => ({
    name: 'accept' as const,
    now: LATER,
    values: [[message('once more', { id, number: '100000000000001', person: { phone } })]],
  });
  expect(
    run([
      again('wamid.answered', '15550000001'),
      again('wamid.waiting', '15550000001'),
      again('wamid.taken', '15550000002'),
      again('wamid.new', '15550000001'),
    ]),
  ).toMatchObject(['done', 'waiting', 'waiting', 'new'].map((outcome) => ({ done: [{ outcome }] })));
  const claim = (conversation: string) => ({
    name: 'claim' as const,
    now: LATER,
    values: [conversation, 1_000, 'token-3', 'turn-3'],
  });
  expect(run([claim('th4HiPufKQJNE0Aip6jYLB'), claim('mbUaA_eTlU_te8GXgQ0xgy')])).toMatchObject([
    { done: { turn: { id: 'turn-3', messages: [{ id: 'wamid.waiting' }, { id: 'wamid.new' }] } } },
    { done: { turn: { id: 'turn-2', attempt: 2, messages: [{ id: 'wamid.taken' }] } } },
  ]);
  database.close();
  openDatabase(path).close();
});
