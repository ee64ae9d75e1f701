import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '#app/resilience/token-bucket.ts';

describe('TokenBucket', () => {
  it('is full at first, then gets its tokens by time', () => {
    const bucket = new TokenBucket({ size: 10, perSecond: 100 });
    expect(bucket.take(10, 0)).toBe(0);
    expect(bucket.take(1, 0)).toBe(10);
    expect(bucket.take(1, 9)).toBe(1);
    expect(bucket.take(1, 10)).toBe(0);
    expect(bucket.take(10, 1_000)).toBe(0);
  });

  it('lets one that needs more than it holds take a full bucket', () => {
    const bucket = new TokenBucket({ size: 10, perSecond: 100 });
    expect(bucket.take(1, 0)).toBe(0);
    expect(bucket.take(1_000, 0)).toBe(10);
    expect(bucket.take(1_000, 10)).toBe(0);
    expect(bucket.take(1, 10)).toBe(10);
    bucket.giveBack(1_000);
    expect(bucket.take(10, 10)).toBe(0);
  });

  it('never gives more than it held and got, whatever the clock does', () => {
    const step = fc.record({
      tokens: fc.integer({ min: 1, max: 20 }),
      at: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const bucket = new TokenBucket({ size: 20, perSecond: 10 });
        let taken = 0;
        let forward = 0;
        let before = steps[0]?.at ?? 0;
        for (const { tokens, at } of steps) {
          forward += Math.max(0, at - before);
          before = at;
          if (bucket.take(tokens, at) === 0) taken += tokens;
          expect(taken).toBeLessThanOrEqual(20 + forward / 100 + 1e-9);
        }
      }),
    );
  });
});
