import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeMarkedDeliveries, markIn } from '#scripts/bench/deliveries.ts';
import { installPeer } from '#scripts/bench/peers/install.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a peer that cannot be installed', () => {
  it.each([
    ['chat-sdk', 'npm cannot be run'],
    ['pywa', 'python3 cannot be run'],
  ] as const)('%s is reported with the reason, and leaves nothing', (name, reason) => {
    vi.stubEnv('PATH', join(temporaryFolder(), 'empty'));
    const cache = join(temporaryFolder(), 'cache');
    expect(installPeer(name, cache)).toEqual({ missing: expect.stringContaining(reason) });
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });
});

describe('the mark of a message', () => {
  it('is in the text of its delivery, and names it', () => {
    const deliveries = makeMarkedDeliveries(3);
    expect([0, 1, 2].map((index) => markIn(deliveries.at(index).toString())?.number)).toEqual([0, 1, 2]);
    expect(markIn('no mark')).toBeUndefined();
  });
});
