import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimit } from '#app/resilience/rate.ts';

/** Sends as soon as allowed after each pause. Returns the time of each send. */
function sendTimes(limit: RateLimit, pauses: readonly number[]): number[] {
  let now = 0;
  return pauses.map((pause) => {
    now += pause;
    now += limit.waitMs('key', now);
    limit.take('key', now);
    return now;
  });
}

describe('RateLimit', () => {
  it('allows the burst at once, then one per interval', () => {
    const limit = new RateLimit({ burst: 45, intervalMs: 6000 });
    const sentAt = sendTimes(limit, Array<number>(48).fill(0));
    expect(sentAt.slice(0, 45).every((time) => time === 0)).toBe(true);
    expect(sentAt.slice(45)).toEqual([6000, 12_000, 18_000]);
  });

  it('restores the burst over time: after 20 at once, in two minutes', () => {
    const limit = new RateLimit({ burst: 45, intervalMs: 6000 });
    sendTimes(limit, Array<number>(20).fill(0));
    const sentAt = sendTimes(limit, [120_000, ...Array<number>(45).fill(0)]);
    expect(sentAt.slice(0, 45).every((time) => time === 120_000)).toBe(true);
    expect(sentAt[45]).toBe(126_000);
  });

  it('never allows more than the burst and the rate in any period', () => {
    const pauses = fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), pauses, (burst, pauses) => {
        const sentAt = sendTimes(new RateLimit({ burst, intervalMs: 6000 }), pauses);
        for (const [first, start] of sentAt.entries()) {
          for (const [last, end] of sentAt.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(burst + (end - start) / 6000);
          }
        }
      }),
    );
  });

  it('limits keys independently', () => {
    const limit = new RateLimit({ burst: 1, intervalMs: 6000 });
    limit.take('one', 0);
    expect(limit.waitMs('one', 0)).toBe(6000);
    expect(limit.waitMs('other', 0)).toBe(0);
  });

  it('forgets keys that are idle again, and only those', () => {
    const limit = new RateLimit({ burst: 45, intervalMs: 6000 });
    for (let n = 0; n < 100_000; n += 1) limit.take(`pair ${n}`, n * 10);
    expect(limit.size).toBeLessThan(4096);
    expect(limit.size).toBeGreaterThanOrEqual(600);
    expect(limit.waitMs('pair 99999', 999_990)).toBe(0);
  });
});
