import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { rememberedId } from '#app/domain/identity.ts';
import { storeSecret } from '#app/stores/sqlite/schema.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { canRun } from './needs.ts';

const here = import.meta.dirname;
const hasCompiler = canRun('power-cut', [
  ...(process.platform === 'linux' ? [] : ['Linux only']),
  ...(spawnSync('cc', ['--version']).status === 0 ? [] : ['no C compiler (cc) on PATH']),
]);

const CUTS = 12;
/**
 * The n-th cut comes after n times this many acknowledged messages. Without a sync per commit SQLite syncs only after
 * thousands of messages, and some must have been synced.
 */
const ACKNOWLEDGED = { none: 80, 'acknowledge-before-commit': 80, 'synchronous-normal': 1_000 };

describe.skipIf(!hasCompiler)('a power cut', { timeout: 120_000 }, () => {
  const library = hasCompiler ? compileLibrary() : '';

  it('loses nothing that was acknowledged', async () => {
    const { acknowledged, lost } = await cuts('none');
    expect(acknowledged).toBeGreaterThan(CUTS);
    expect(lost).toBe(0);
  });

  // Checks the test itself: with these bugs it must find losses.
  it.each(['synchronous-normal', 'acknowledge-before-commit'] as const)(
    'loses messages with the bug %s',
    async (bug) => {
      const { acknowledged, lost } = await cuts(bug);
      expect(lost).toBeGreaterThan(0);
      expect(lost).toBeLessThan(acknowledged);
    },
  );

  async function cuts(bug: keyof typeof ACKNOWLEDGED): Promise<{ acknowledged: number; lost: number }> {
    const total = { acknowledged: 0, lost: 0 };
    for (let cut = 0; cut < CUTS; cut += 1) {
      const folder = temporaryFolder();
      const [live, durable] = [join(folder, 'live'), join(folder, 'durable')];
      for (const path of [live, durable]) mkdirSync(path);
      const acknowledged = await writeUntilKilled(live, durable, bug, ACKNOWLEDGED[bug] * (cut + 1));
      total.acknowledged += acknowledged.length;
      total.lost += missing(join(durable, 'test.db'), acknowledged).length;
    }
    return total;
  }

  async function writeUntilKilled(
    live: string,
    durable: string,
    bug: string,
    count: number,
  ): Promise<string[]> {
    const writer = spawn(
      process.execPath,
      [join(here, 'power-cut', 'writer.ts'), join(live, 'test.db'), bug],
      {
        env: { ...process.env, LD_PRELOAD: library, POWER_CUT_LIVE: live, POWER_CUT_DURABLE: durable },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let printed = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > count) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    // The last line may be incomplete: an id that was not printed completely was not acknowledged.
    return printed.split('\n').slice(0, -1);
  }
});

function missing(path: string, ids: readonly string[]): string[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // One query for all: the newest rows may be in no index.
    const stored = new Set(
      database
        .prepare('SELECT hex(id) AS id FROM messages')
        .all()
        .map(({ id }) => id),
    );
    const secret = storeSecret(database);
    const hexOf = (id: string) =>
      rememberedId(secret, { business: 'env', channel: 'meta', id }).toString('hex').toUpperCase();
    return ids.filter((id) => !stored.has(hexOf(id)));
  } catch {
    // Without a table everything is missing.
    return [...ids];
  } finally {
    database?.close();
  }
}

function compileLibrary(): string {
  const library = join(temporaryFolder(), 'durable-files.so');
  execFileSync('cc', [
    '-shared',
    '-fPIC',
    '-O2',
    '-o',
    library,
    join(here, 'power-cut', 'durable-files.c'),
    '-ldl',
  ]);
  return library;
}
