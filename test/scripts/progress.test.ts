import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgress, withProgress } from '#scripts/progress.ts';

function streamOf(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  return { written, stream: { isTTY, columns: 20, write } };
}

const ERASE = '\r\x1b[2K';

afterEach(() => vi.unstubAllEnvs());

describe('the progress of a long command', () => {
  it('is one line on a terminal, no longer than it is wide, and is taken away at the end', () => {
    vi.stubEnv('NO_COLOR', undefined);
    const { written, stream } = streamOf(true);
    const progress = createProgress({ stream });
    progress.show('a line that is longer than the terminal');
    progress.clear();
    expect(written[0]?.startsWith(`${ERASE}\x1b[2m`)).toBe(true);
    expect(written[1]).toBe(ERASE);
    expect(stripVTControlCharacters(written[0] ?? '').trim()).toBe('a line that is long');
  });

  it('has no colours with NO_COLOR', () => {
    vi.stubEnv('NO_COLOR', '1');
    const { written, stream } = streamOf(true);
    createProgress({ stream }).show('working');
    expect(written).toEqual(['\r\x1b[2Kworking']);
  });

  it('is plain lines elsewhere, not more often than every so many seconds', () => {
    let now = 0;
    const { written, stream } = streamOf(false);
    const progress = createProgress({ stream, now: () => now, everyMs: 1_000 });
    for (; now <= 2_000; now += 250) progress.show(`at ${now}`);
    progress.clear();
    expect(written).toEqual(['at 0\n', 'at 1000\n', 'at 2000\n']);
  });

  it('of a task that fails is taken away, and the failure passed on', async () => {
    const { written, stream } = streamOf(true);
    const task = async () => {
      await sleep(10);
      throw new Error('it failed');
    };
    await expect(withProgress('planning', task, { stream })).rejects.toThrow('it failed');
    expect(written.at(-1)).toBe('\r\x1b[2K');
  });

  it('of a short task prints nothing where there is no terminal', async () => {
    const { written, stream } = streamOf(false);
    expect(await withProgress('planning', async () => 7, { stream })).toBe(7);
    expect(written).toEqual([]);
  });
});
