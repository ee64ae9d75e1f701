import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createKeeper } from '#scripts/simulator/state/keeper.ts';

const EVERY_MS = 100;

/** Saves a value, slowly. */
function slowSave() {
  const saved: number[] = [];
  const reports: string[] = [];
  const state = { value: 0, broken: false, running: 0, maxRunning: 0, saved, reports };
  const keeper = createKeeper({
    everyMs: EVERY_MS,
    report: (sentence) => reports.push(sentence),
    async save() {
      if (state.broken) throw new Error('no space left');
      const { value } = state;
      state.running += 1;
      state.maxRunning = Math.max(state.maxRunning, state.running);
      await sleep(EVERY_MS / 2);
      state.running -= 1;
      saved.push(value);
    },
  });
  const change = (): void => {
    state.value += 1;
    keeper.changed();
  };
  return { state, keeper, change };
}

it('saves at most once in the time, one write at a time, and the last change', async () => {
  const { state, keeper, change } = slowSave();
  const startedAt = Date.now();
  while (Date.now() - startedAt < 5 * EVERY_MS) {
    change();
    await sleep(1);
  }
  expect(state.saved.length).toBeGreaterThan(0);
  expect(state.saved.length).toBeLessThanOrEqual((Date.now() - startedAt) / EVERY_MS);
  await keeper.close();
  expect(state.saved.at(-1)).toBe(state.value);
  expect(state.maxRunning).toBe(1);
});

it('saves a change during a write, without another one after it', async () => {
  const { state, keeper, change } = slowSave();
  change();
  await expect.poll(() => state.running, { interval: 1 }).toBe(1);
  change();
  await expect.poll(() => state.saved.at(-1)).toBe(2);
  await keeper.close();
  expect(state.saved).toEqual([1, 2]);
});

it('says once that it cannot save, and saves everything once it can', async () => {
  const { state, keeper, change } = slowSave();
  state.broken = true;
  for (let times = 0; times < 3; times += 1) {
    change();
    await sleep(EVERY_MS * 1.5);
  }
  expect(state.reports).toEqual(['The chats are not kept: no space left']);
  state.broken = false;
  change();
  await expect.poll(() => state.saved).toEqual([4]);
  await keeper.close();
  expect(state.saved).toEqual([4]);
});
