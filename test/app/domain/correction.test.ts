import { describe, expect, it } from 'vitest';
import { type Correction, changeOf, corrected, isCorrection } from '#app/domain/correction.ts';
import { edit, message, revoke } from '../../fakes/messages.ts';

const said = message('first');

function correction(made: ReturnType<typeof message>): Correction {
  if (!isCorrection(made)) throw new Error('no correction');
  return made;
}

const change = (text: string, sentAt: number, id: string) =>
  changeOf(correction(edit(said, text, { sentAt })), id);

/** What the message says after the changes, in this order. */
const saysAfter = (...changes: ReturnType<typeof changeOf>[]) =>
  changes.reduce<typeof said | undefined>((now, next) => now && corrected(now, next), said)?.content;

describe('the order of corrections', () => {
  it('is the one of the platform, also where the numbers of digits differ', () => {
    const early = change('early', 999_999_999_999, 'z');
    const late = change('late', 1_000_000_000_000, 'a');
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      expect(saysAfter(...order)).toEqual({ kind: 'text', text: 'late' });
    }
  });

  it('of one second is the same whichever comes first', () => {
    const [a, b] = [change('a', 1_000, 'one'), change('b', 1_000, 'other')];
    expect(saysAfter(a, b)).toEqual(saysAfter(b, a));
    expect(saysAfter(a, b, a, b)).toEqual(saysAfter(a, b));
  });

  it('ends with a revoke', () => {
    const deleted = changeOf(correction(revoke(said)), 'any');
    const late = change('late', 9_000_000_000_000_000, 'z');
    expect(late.stamp < deleted.stamp).toBe(true);
    expect(saysAfter(late, deleted)).toBeUndefined();
  });
});
