import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

const COMMITS = 6;
const SECTOR = 512;

/** A database after a power cut: its last commits are only in the journal. */
function databaseAfterPowerCut(): { folder: string; journalBytes: number } {
  const folder = temporaryFolder();
  const path = join(folder, 'test.db');
  openDatabase(path).close();
  const database = openDatabase(path);
  const run = createEngine(database);
  for (let commit = 0; commit < COMMITS; commit += 1) {
    run([{ name: 'accept', now: 0, values: [[message(`message ${commit}`, { sentAt: commit })]] }]);
  }
  for (const end of ['', '-wal']) copyFileSync(path + end, join(folder, `left.db${end}`));
  database.close();
  return { folder, journalBytes: statSync(join(folder, 'left.db-wal')).size };
}

describe('a torn journal', () => {
  it('keeps every earlier commit in order without a gap, cut at any sector, and accepts new messages', () => {
    const { folder, journalBytes } = databaseAfterPowerCut();
    const commitCounts: number[] = [];
    const sectors = Array.from({ length: Math.ceil(journalBytes / SECTOR) }, (_, index) => index * SECTOR);
    for (const bytes of [...sectors, journalBytes]) {
      const path = join(folder, `cut-${bytes}.db`);
      for (const end of ['', '-wal']) copyFileSync(join(folder, `left.db${end}`), path + end);
      truncateSync(`${path}-wal`, bytes);
      const database = openDatabase(path);
      const found = database.prepare('SELECT sent_at FROM messages ORDER BY arrival').all();
      expect(found.map(({ sent_at }) => sent_at)).toEqual(found.map((_, index) => index));
      commitCounts.push(found.length);
      const [outcome] = createEngine(database)([{ name: 'accept', now: 0, values: [[message()]] }]);
      expect(outcome).toHaveProperty('done');
      database.close();
    }
    expect(commitCounts).toEqual([...commitCounts].sort((a, b) => a - b));
    expect(new Set(commitCounts)).toEqual(new Set(Array.from({ length: COMMITS + 1 }, (_, index) => index)));
  });
});
