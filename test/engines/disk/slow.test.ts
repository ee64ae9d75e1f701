import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';
import { canRun } from '../needs.ts';

const hasCompiler = canRun('slow-disk', [
  ...(process.platform === 'linux' ? [] : ['Linux only']),
  ...(spawnSync('cc', ['--version']).status === 0 ? [] : ['no C compiler (cc) on PATH']),
]);

describe.skipIf(!hasCompiler)('a slow disk', { timeout: 120_000 }, () => {
  it.each([5, 500])('with syncs that take %i ms longer does not delay other requests', async (ms) => {
    const folder = temporaryFolder();
    const library = join(folder, 'slow.so');
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-O2',
      '-o',
      library,
      join(import.meta.dirname, 'slow.c'),
      '-ldl',
    ]);
    const system = await startSystem({
      folder,
      environment: { LD_PRELOAD: library, SLOW_SYNC_MS: String(ms) },
    });
    const app = await system.startApp();

    let stored = false;
    const delivery = deliver(app.url, textDelivery('wamid.slow', { phone: '15550008888' })).then(
      (response) => {
        stored = true;
        return response.status;
      },
    );
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
    if (ms === 500) expect(stored).toBe(false);
    expect(await delivery).toBe(200);

    const people = Array.from({ length: 20 }, (_, index) => `1555444${1000 + index}`);
    for (const person of people) system.simulator.say(person, 'How is it done?');
    await Promise.all(people.map((person) => system.simulator.replies.reached(person, 1)));
    await system.simulator.idle();
    await app.terminate();
    expect(system.simulator.replies.list()).toHaveLength(people.length);
    expect(system.simulator.counters.redeliveries).toBe(0);
  });
});
