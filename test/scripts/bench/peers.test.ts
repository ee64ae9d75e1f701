import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeMarkedDeliveries, markIn } from '#scripts/bench/deliveries.ts';
import { installPeer } from '#scripts/bench/peers/install.ts';
import { createProgress } from '#scripts/bench/progress.ts';
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

describe('the progress of a long run', () => {
  const written = (isTTY: boolean, environment: Record<string, string>): string => {
    let text = '';
    const progress = createProgress({ isTTY, columns: 20, write: (more) => (text += more) }, environment);
    progress.show('the first of many steps');
    progress.show('next');
    progress.end();
    return text;
  };

  it('is a plain line for each step where there is no terminal', () => {
    expect(written(false, {})).toBe('the first of many steps\nnext\n');
  });

  it('is one line on a terminal, cut to its width, and cleared at the end', () => {
    const text = written(true, { NO_COLOR: '1' });
    expect(text).not.toContain('\n');
    expect(text.split('\r\u001b[K').every((line) => line.length < 20)).toBe(true);
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('has no colour with NO_COLOR', () => {
    expect(written(true, {})).toContain('\u001b[2m');
    expect(written(true, { NO_COLOR: '1' })).not.toContain('\u001b[2m');
  });
});
