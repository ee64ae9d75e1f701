import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimits } from '#app/conversation/limits.ts';
import { AT_LIMIT, Unavailable } from '#app/domain/errors.ts';
import type { BusinessSettings } from '#app/ports/businesses.ts';
import { createTurnCounter } from '#app/stores/turn-counter.ts';
import { settableClock } from '../../fakes/clock.ts';
import { businessWith } from '../../fakes/messages.ts';

const MINUTE = 60_000;
const ASKS = { asks: true };

function limits(share?: number) {
  const clock = settableClock();
  const counter = createTurnCounter();
  return { clock, counter, ...createLimits({ counter, clock, share }) };
}

const business = (settings: BusinessSettings, id = 'alpha') => businessWith({ id, settings });

/** How long the turn has to wait; undefined when it may begin. */
async function waitOf(entering: Promise<unknown>): Promise<number | undefined> {
  const error = await entering.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return undefined;
  expect(error).toBeInstanceOf(Unavailable);
  expect(error).toMatchObject({ scope: 'business', code: AT_LIMIT, alarm: undefined });
  return error instanceof Unavailable ? error.retryAfterMs : undefined;
}

describe('the concurrency of a business', () => {
  it('is the limit of its turns, and of nobody else', async () => {
    const { enter } = limits();
    const two = business({ concurrency: 2 });
    const [end = () => {}] = [await enter(two, ASKS), await enter(two, ASKS)];
    expect(await waitOf(enter(two, ASKS))).toBeGreaterThan(0);
    expect(await waitOf(enter(business({}, 'beta'), ASKS))).toBeUndefined();
    end();
    expect(await waitOf(enter(two, ASKS))).toBeUndefined();
    expect(await waitOf(enter(two, ASKS))).toBeGreaterThan(0);
  });

  it('spreads a thousand turns over the time in which they can run', async () => {
    const { enter } = limits();
    const one = business({ concurrency: 2 });
    await enter(one, ASKS);
    await enter(one, ASKS);
    const waits: number[] = [];
    for (let turn = 0; turn < 1_000; turn += 1) waits.push((await waitOf(enter(one, ASKS))) ?? 0);
    expect(waits.slice(0, 5)).toEqual([2_000, 2_000, 4_000, 4_000, 6_000]);
    expect(Math.max(...waits)).toBe(300_000);
    const atTheSameTime = Map.groupBy(waits, (wait) => wait);
    expect(Math.max(...[...atTheSameTime.values()].map(({ length }) => length))).toBeLessThanOrEqual(8);
  });

  it('is at most the share of the process, and follows the settings', async () => {
    const { enter, maxOf } = limits(3);
    expect(maxOf('alpha')).toBe(3);
    await enter(business({ concurrency: 2 }), ASKS);
    expect(maxOf('alpha')).toBe(2);
    await enter(business({ concurrency: 7 }), ASKS);
    expect(maxOf('alpha')).toBe(3);
    await enter(business({}), ASKS);
    expect(await waitOf(enter(business({}), ASKS))).toBeGreaterThan(0);
  });

  it('is free again when the count of the minute fails', async () => {
    const clock = settableClock();
    let down = true;
    const count = async () => {
      if (down) throw new Unavailable('down');
      return 1;
    };
    const { enter } = createLimits({ counter: { count }, clock });
    const one = business({ concurrency: 1, turnsPerMinute: 1 });
    await expect(enter(one, ASKS)).rejects.toThrow('down');
    down = false;
    expect(await waitOf(enter(one, ASKS))).toBeUndefined();
  });
});

describe('the turns of a business in a minute', () => {
  it('are counted, and those over the limit wait for the beginning of a minute with room', async () => {
    const { enter, clock } = limits();
    clock.advance(15_000);
    const two = business({ turnsPerMinute: 2 });
    const waits: (number | undefined)[] = [];
    for (let turn = 0; turn < 6; turn += 1) waits.push(await waitOf(enter(two, ASKS)));
    expect(waits).toEqual([undefined, undefined, 45_000, 50_000, 45_000 + MINUTE, 50_000 + MINUTE]);
    expect(await waitOf(enter(business({ turnsPerMinute: 2 }, 'beta'), ASKS))).toBeUndefined();
    clock.advance(45_000);
    expect(await waitOf(enter(two, ASKS))).toBeUndefined();
  });

  it('do not count what has its reply already', async () => {
    const { enter } = limits();
    const one = business({ turnsPerMinute: 1 });
    await enter(one, { asks: false });
    expect(await waitOf(enter(one, ASKS))).toBeUndefined();
    expect(await waitOf(enter(one, { asks: false }))).toBeUndefined();
  });

  it('never exceed the limit, and every turn begins after few looks, in any pattern of arrivals', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 3 * MINUTE }), { minLength: 1, maxLength: 100 }),
        async (turnsPerMinute, arrivals) => {
          const { enter, clock } = limits();
          const startedAt = clock.now();
          const started: number[] = [];
          let looks = 0;
          let due = arrivals.map((at) => startedAt + at);
          while (due.length > 0) {
            const next = Math.min(...due);
            clock.advance(next - clock.now());
            const later: number[] = due.filter((at) => at !== next);
            for (const _ of due.filter((at) => at === next)) {
              looks += 1;
              const wait = await waitOf(enter(business({ turnsPerMinute }), ASKS));
              if (wait === undefined) started.push(clock.now());
              else later.push(clock.now() + wait);
            }
            due = later;
          }
          const minutes = Map.groupBy(started, (at) => Math.floor(at / MINUTE));
          for (const { length } of minutes.values()) expect(length).toBeLessThanOrEqual(turnsPerMinute);
          expect(started).toHaveLength(arrivals.length);
          // One look for each minute that a turn waits, at most, and the first one.
          const last = Math.max(...started) - startedAt;
          expect(looks).toBeLessThanOrEqual(arrivals.length * (2 + Math.ceil(last / MINUTE)));
        },
      ),
    );
  });
});
