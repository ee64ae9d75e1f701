import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase, UnusableDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'deep', 'er', 'test.db');
});

const accept = (database: DatabaseSync, count: number) =>
  createEngine(database)(
    Array.from({ length: count }, () => ({
      name: 'accept' as const,
      now: 0,
      values: [[message('x'.repeat(2_000))]],
    })),
  );

const countIn = (database: DatabaseSync) => database.prepare('SELECT count(*) AS n FROM messages').get()?.n;

describe('openDatabase', () => {
  it('creates the file and its folder with private modes', () => {
    openDatabase(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.runIf(existsSync('/proc/self'))('throws when the folder cannot be created', () => {
    expect(() => openDatabase('/proc/no/such/folder/test.db')).toThrow(
      /SQLITE_PATH .*cannot be opened.*ENOENT.*Name a file in a folder that this user can write/,
    );
  });

  it('syncs every commit and overwrites deleted data', () => {
    const database = openDatabase(path);
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('secure_delete')]).toEqual(['wal', 2, 1]);
    database.close();
  });

  it('reopens a file with its data', () => {
    const first = openDatabase(path);
    accept(first, 3);
    first.close();
    const second = openDatabase(path);
    expect(countIn(second)).toBe(3);
    second.close();
  });

  it('restricts the mode of a file that others could read', () => {
    openDatabase(path).close();
    chmodSync(path, 0o644);
    openDatabase(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    [
      'a file of another format',
      () => writeFileSync(path, 'not a database '.repeat(500)),
      /not a SQLite database/,
    ],
    ['a folder', () => mkdirSync(path), /this is a folder/],
    [
      'a newer schema',
      () => {
        const database = new DatabaseSync(path);
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
      /newer version of this program \(schema 99/,
    ],
    [
      'a damaged file',
      () => {
        const database = openDatabase(path);
        accept(database, 200);
        database.close();
        const bytes = readFileSync(path);
        bytes.fill(0x5a, 4096 * 3, 4096 * 12);
        writeFileSync(path, bytes);
      },
      /the file is damaged/,
    ],
    [
      'a truncated file',
      () => {
        const database = openDatabase(path);
        accept(database, 200);
        database.close();
        truncateSync(path, 4096 * 5 + 100);
      },
      /the file is damaged/,
    ],
  ])('names the remedy for %s', (_name, damage, advice) => {
    mkdirSync(join(path, '..'), { recursive: true });
    damage();
    expect(() => openDatabase(path)).toThrow(UnusableDatabase);
    expect(() => openDatabase(path)).toThrow(advice);
    expect(() => openDatabase(path)).toThrow(path);
  });

  it('reports that another program locks the file', () => {
    openDatabase(path).close();
    const other = new DatabaseSync(path);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    expect(() => openDatabase(path)).toThrow(/another program holds the file locked/);
    other.close();
  });

  it('reports that a part of the path is a file', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => openDatabase(join(file, 'test.db'))).toThrow(/a part of this path is a file/);
  });
});
