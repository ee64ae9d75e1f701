import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { rememberedId } from '../../app/domain/identity.ts';
import { storeSecret } from '../../app/stores/sqlite/schema.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { canRun } from './needs.ts';

const here = import.meta.dirname;
const hasCompiler = canRun('power-cut', [
  ...(process.platform === 'linux' ? [] : ['Linux only']),
  ...(spawnSync('cc', ['--version']).status === 0 ? [] : ['no C compiler (cc) on PATH']),
]);

const CUTS = 12;
/**
 * The n-th cut comes when n times so many messages were acknowledged. Without a sync for each commit it takes some
 * thousands until SQLite syncs at all, and there must be something to keep.
 */
const ACKNOWLEDGED = { none: 80, 'acknowledge-before-commit': 80, 'synchronous-normal': 1_000 };

describe.skipIf(!hasCompiler)('a power cut', { timeout: 120_000 }, () => {
  const library = hasCompiler ? compiled() : '';

  it('loses nothing that was acknowledged', async () => {
    const { acknowledged, lost } = await cuts('none');
    expect(acknowledged).toBeGreaterThan(CUTS);
    expect(lost).toBe(0);
  });

  // The measure itself is measured: with these bugs it must find losses, or it would find none anywhere.
  it.each(['synchronous-normal', 'acknowledge-before-commit'] as const)(
    'is seen to lose messages with the bug %s',
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
      const [live, kept] = [join(folder, 'live'), join(folder, 'kept')];
      for (const made of [live, kept]) mkdirSync(made);
      const acknowledged = await writeUntilKilled(live, kept, bug, ACKNOWLEDGED[bug] * (cut + 1));
      total.acknowledged += acknowledged.length;
      total.lost += missing(join(kept, 'test.db'), acknowledged).length;
    }
    return total;
  }

  async function writeUntilKilled(live: string, kept: string, bug: string, count: number): Promise<string[]> {
    const writer = spawn(
      process.execPath,
      [join(here, 'power-cut', 'writer.ts'), join(live, 'test.db'), bug],
      {
        env: { ...process.env, LD_PRELOAD: library, POWER_CUT_LIVE: live, POWER_CUT_KEPT: kept },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let printed = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > count) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    // The last line may be cut: an id that was not printed whole was not acknowledged.
    return printed.split('\n').slice(0, -1);
  }
});

function missing(path: string, ids: readonly string[]): string[] {
  let found: DatabaseSync | undefined;
  try {
    found = new DatabaseSync(path);
    // All at once: those that came last are in no index.
    const kept = new Set(
      found
        .prepare('SELECT hex(id) AS id FROM messages')
        .all()
        .map(({ id }) => id),
    );
    const secret = storeSecret(found);
    const hexOf = (id: string) => rememberedId(secret, { channel: 'meta', id }).toString('hex').toUpperCase();
    return ids.filter((id) => !kept.has(hexOf(id)));
  } catch {
    // Without a table everything is missing.
    return [...ids];
  } finally {
    found?.close();
  }
}

function compiled(): string {
  const library = join(temporaryFolder(), 'kept.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, join(here, 'power-cut', 'kept.c'), '-ldl']);
  return library;
}
