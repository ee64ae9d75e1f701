import { describe, expect, it } from 'vitest';
import { hasVisibleText } from '#app/domain/visible.ts';

describe('hasVisibleText', () => {
  it.each([
    '',
    ' ',
    '\n\t',
    '\u00a0',
    '\u00ad',
    '\u034f',
    '\u061c',
    '\u115f',
    '\u180e',
    '\u200b',
    '\u200d',
    '\u200e\ufeff',
    '\u2028',
    '\u202e',
    '\u2060',
    '\u2066\u2069',
    '\u2800',
    '\u3000',
    '\u3164',
    '\ufe0f',
    '\uffa0',
    '\u0000\u001b\u0007',
    '\u{e0041}',
    '\ud83d',
    '\udc4d\ud83d',
  ])('is false for %j', (text) => {
    expect(hasVisibleText(text)).toBe(false);
    expect(hasVisibleText(` ${text}\u200f${text}\n`)).toBe(false);
    expect(hasVisibleText(`${text}?${text}`)).toBe(true);
  });

  it.each(['a', '.', '١', 'ﷺ', '👍', '\u200f؟', 'ـ', '\u0301', '𐎠'])('is true for %j', (text) => {
    expect(hasVisibleText(text)).toBe(true);
  });
});
