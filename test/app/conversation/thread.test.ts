import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFresh, titleFrom } from '#app/conversation/thread.ts';

const HOUR_MS = 3_600_000;

describe('titleFrom', () => {
  it('is the first six words, separated by one space', () => {
    expect(titleFrom('  ما حكم\n\nصلاة \t المسافر في الطائرة اليوم ')).toBe('ما حكم صلاة المسافر في الطائرة');
    expect(titleFrom('one two')).toBe('one two');
    expect(titleFrom(' \n ')).toBe('');
  });

  it('has at most 100 code units and no cut grapheme', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(titleFrom(family.repeat(20))).toBe(family.repeat(9));
    expect(titleFrom(`${'a'.repeat(99)} b`)).toBe('a'.repeat(99));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const title = titleFrom(text);
        expect(title.length).toBeLessThanOrEqual(100);
        expect(title).toBe(title.trim());
        expect(title.split(/\s+/).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('isFresh', () => {
  const thread = { id: 't', lastAt: 1_000_000 };

  it('is true until the retention time has passed', () => {
    expect(isFresh(thread, thread.lastAt + 3 * HOUR_MS - 1, 3 * HOUR_MS)).toBe(true);
    expect(isFresh(thread, thread.lastAt + 3 * HOUR_MS, 3 * HOUR_MS)).toBe(false);
    expect(isFresh(thread, thread.lastAt - HOUR_MS, 3 * HOUR_MS)).toBe(true);
  });

  it('is false without a thread', () => {
    expect(isFresh(undefined, 0, 3 * HOUR_MS)).toBe(false);
  });
});
