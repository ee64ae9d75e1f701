import { describe, expect, it } from 'vitest';
import { type Correction, changeOf, corrected, isCorrection } from '#app/domain/correction.ts';
import { edit, message, revoke } from '../../fakes/messages.ts';

const original = message('first');

function correction(each: ReturnType<typeof message>): Correction {
  if (!isCorrection(each)) throw new Error('no correction');
  return each;
}

const change = (text: string, sentAt: number, id: string) =>
  changeOf(correction(edit(original, text, { sentAt })), id);

/** The content of the message after the changes in this order. */
const contentAfter = (...changes: ReturnType<typeof changeOf>[]) =>
  changes.reduce<typeof original | undefined>((now, next) => now && corrected(now, next), original)?.content;

describe('the order of corrections', () => {
  it('is that of the platform, also when the numbers of digits differ', () => {
    const early = change('early', 999_999_999_999, 'z');
    const late = change('late', 1_000_000_000_000, 'a');
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      expect(contentAfter(...order)).toEqual({ kind: 'text', text: 'late' });
    }
  });

  it('within one second does not depend on the order of arrival', () => {
    const [a, b] = [change('a', 1_000, 'one'), change('b', 1_000, 'other')];
    expect(contentAfter(a, b)).toEqual(contentAfter(b, a));
    expect(contentAfter(a, b, a, b)).toEqual(contentAfter(a, b));
  });

  it('ends with a revoke', () => {
    const deleted = changeOf(correction(revoke(original)), 'any');
    const late = change('late', 9_000_000_000_000_000, 'z');
    expect(late.stamp < deleted.stamp).toBe(true);
    expect(contentAfter(late, deleted)).toBeUndefined();
  });
});
