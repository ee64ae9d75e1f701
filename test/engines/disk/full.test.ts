import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';
import { canRun } from '../needs.ts';

/** Returns undefined when this user may not mount. */
function mountSmallDisk(): string | undefined {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  return mounted.status === 0 ? folder : undefined;
}

const disk = mountSmallDisk();
canRun('full-disk', disk === undefined ? ['no right to mount a tmpfs'] : []);

afterAll(() => void (disk !== undefined && spawnSync('umount', [disk])));

describe.skipIf(disk === undefined)('a disk of 2 MB', { timeout: 120_000 }, () => {
  it('responds 503 when it is full, keeps every message with a 200, and accepts again when there is space', async () => {
    const path = join(disk ?? '', 'app.db');
    const system = await startSystem({
      folder: temporaryFolder(),
      environment: { SQLITE_PATH: path, BATCH_WINDOW_SECONDS: '900' },
    });
    const app = await system.startApp();
    const text = 'What does the night prayer begin with? '.repeat(80);
    const bodyOf = (id: number) => textDelivery(`wamid.${id}`, { text });
    const statusOf = async (id: number) => {
      const response = await deliver(app.url, bodyOf(id));
      await response.arrayBuffer();
      return response.status;
    };

    let sent = 0;
    while ((await statusOf(sent)) === 200) sent += 1;
    expect(sent).toBeGreaterThan(50);
    expect(await statusOf(sent)).toBe(503);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);

    spawnSync('mount', ['-o', 'remount,size=16m', disk ?? '']);
    expect(await statusOf(sent)).toBe(200);
    expect(await statusOf(0)).toBe(200);
    expect((await app.terminate()).code).toBe(0);

    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').get()?.integrity_check).toBe('ok');
    expect(database.prepare('SELECT count(*) AS n FROM messages').get()?.n).toBe(sent + 1);
    database.close();
  });
});
