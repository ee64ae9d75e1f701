import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

let path: string;
let database: DatabaseSync;
beforeEach(() => {
  path = join(temporaryFolder(), 'test.db');
  database = openDatabase(path);
});
afterEach(() => database.close());

const accept = (count: number) =>
  createEngine(database)(
    Array.from({ length: count }, () => ({
      name: 'accept' as const,
      now: 0,
      values: [[message('x'.repeat(2_000))]],
    })),
  );

const countIn = (opened: DatabaseSync) => opened.prepare('SELECT count(*) AS n FROM messages').get()?.n;

describe('the engine', () => {
  it('returns only what other processes can already read', () => {
    const other = new DatabaseSync(path, { readOnly: true });
    expect(accept(3)).toHaveLength(3);
    expect(countIn(other)).toBe(3);
    other.close();
  });

  it('throws Unavailable while the disk is full, keeps its data, and continues when there is space', () => {
    const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
    database.exec(`PRAGMA max_page_count = ${pages + 4}`);
    const full = accept(50);
    expect(new Set(full.map((outcome) => ('failed' in outcome ? outcome.failed : 'done')))).toEqual(
      new Set(['Unavailable']),
    );
    expect(full[0]).toMatchObject({ message: 'store: the disk is full' });
    expect(countIn(database)).toBe(0);
    database.exec('PRAGMA max_page_count = 100000');
    expect(accept(50).every((outcome) => 'done' in outcome)).toBe(true);
    expect(database.prepare('PRAGMA quick_check').get()?.quick_check).toBe('ok');
  });

  it('isolates a failing call from the other calls of its transaction', () => {
    const run = createEngine(database);
    const call = (sentAt: number) => ({
      name: 'accept' as const,
      now: 0,
      values: [[message('x', { sentAt })]],
    });
    const outcomes = run([call(1), call(0.5), call(2)]);
    expect(outcomes.map((outcome) => ('failed' in outcome ? outcome.failed : 'done'))).toEqual([
      'done',
      'Error',
      'done',
    ]);
    expect(countIn(database)).toBe(2);
  });
});
