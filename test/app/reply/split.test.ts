import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replyParts } from '#app/conversation/reply.ts';
import { format } from '#app/reply/format.ts';
import { breaksOf } from '#app/reply/split/breaks.ts';
import { shorten } from '#app/reply/split/shorten.ts';
import { tokensOf } from '#app/reply/split/tokens.ts';
import { write } from '#app/reply/split/write.ts';
import { MIN_PART_LENGTH, split } from '#app/reply/split.ts';
import { resultOf } from '#app/reply/steps.ts';

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
const graphemes = (text: string): string[] => Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);

/** The text without all that the splitter may add: markers, quote signs, directional marks, word joiners. */
const bare = (text: string): string => text.replace(/[*_~`>\u200E\u200F\u2060]/g, '');
const textOf = (text: string): string[] =>
  bare(text)
    .split(/\s+/)
    .filter((word) => word !== '');
const lettersOf = (text: string): string => textOf(text).join('');

const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'the',
      'Prayer',
      'is',
      'well.',
      'and',
      'so?',
      'الصلاة',
      'في',
      'السفر،',
      'نعم.',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('👨‍👩‍👧‍👦', '🇸🇦', 'é̂', '12', '-', 'https://a.org/x', 'שלום', '三'),
  },
);
const plainWords = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
const styled = fc.tuple(plainWords, fc.constantFrom('', '**', '_', '~~', '***')).map(([text, marker]) => {
  const inner = text.replace(/https:\S+|-/g, 'x');
  return marker === '' ? text : `${marker}${inner}${marker}`;
});
const sentence = fc.array(styled, { minLength: 1, maxLength: 4 }).map((runs) => runs.join(' '));
const block = fc.oneof(
  sentence,
  sentence.map((text) => `## ${text}`),
  fc
    .array(sentence, { minLength: 1, maxLength: 4 })
    .map((items) => items.map((text) => `- ${text}`).join('\n')),
  fc
    .array(sentence, { minLength: 1, maxLength: 3 })
    .map((items) => items.map((text, at) => `${at + 1}. ${text}`).join('\n')),
  fc
    .array(sentence, { minLength: 1, maxLength: 3 })
    .map((lines) => lines.map((text) => `> ${text}`).join('\n')),
  fc.array(plainWords, { minLength: 1, maxLength: 4 }).map((lines) => `\`\`\`\n${lines.join('\n')}\n\`\`\``),
);
const markdown = fc.array(block, { minLength: 1, maxLength: 6 }).map((blocks) => blocks.join('\n\n'));
const maxPartLength = fc.oneof(fc.integer({ min: 20, max: 60 }), fc.integer({ min: 61, max: 700 }));

describe('split: properties', () => {
  it('every part has at most the maximum length, and is not empty', () => {
    fc.assert(
      fc.property(markdown, maxPartLength, (text, maxLength) => {
        for (const part of replyParts(text, maxLength)) {
          expect(part.length).toBeLessThanOrEqual(maxLength);
          expect(bare(part).trim()).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('every part has at most the maximum length, for any input', () => {
    const token = fc.constantFrom(
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```\n',
      '\n',
      '> ',
      '- ',
      '12345678. ',
      ' ',
      'a',
      'ب',
      '👨‍👩‍👧‍👦',
      '\uD83D',
      '字',
      '    ',
    );
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 60 }),
        fc.integer({ min: 20, max: 40 }),
        (tokens, maxLength) => {
          for (const part of replyParts(tokens.join(''), maxLength)) {
            expect(part.length).toBeLessThanOrEqual(maxLength);
            expect(part.trim()).not.toBe('');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('loses and adds no letter, and cuts no word that fits into a part', () => {
    fc.assert(
      fc.property(markdown, maxPartLength, (text, maxLength) => {
        const reply = format(text);
        const whole = split(reply, 1_000_000).join('\n');
        const parts = split(reply, maxLength);
        expect(parts.map(lettersOf).join('')).toBe(lettersOf(whole));
        if (maxLength >= 60) expect(parts.flatMap(textOf)).toEqual(textOf(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no marker open', () => {
    fc.assert(
      fc.property(markdown, maxPartLength, (text, maxLength) => {
        for (const part of replyParts(text, maxLength)) {
          const outside = part.split('```');
          expect(outside.length % 2, part).toBe(1);
          const lines = outside.filter((_, index) => index % 2 === 0).flatMap((piece) => piece.split('\n'));
          for (const line of lines) {
            for (const marker of ['*', '_', '~', '`']) {
              expect((line.split(marker).length - 1) % 2, `${marker} in ${line}`).toBe(0);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('makes no two neighbouring parts that would fit into one', () => {
    fc.assert(
      fc.property(markdown, maxPartLength, (text, maxLength) => {
        const pieces = resultOf(shorten(resultOf(tokensOf(format(text))), maxLength));
        const cuts = breaksOf(pieces, maxLength);
        for (const [index, { from }] of cuts.entries()) {
          const next = cuts[index + 1];
          if (next) expect(write(pieces.slice(from, next.to)).length).toBeGreaterThan(maxLength);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('cuts no grapheme, even in a word that is longer than a part', () => {
    const sign = fc.constantFrom('a', '👨‍👩‍👧‍👦', '🇸🇦', 'é̂', 'بَّ', 'नि', '👍🏽', '한');
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1, maxLength: 60 }), (signs) => {
        const parts = replyParts(signs.join(''), 20).map(bare);
        expect(parts.join('')).toBe(signs.join(''));
        expect(parts.flatMap(graphemes)).toEqual(graphemes(signs.join('')));
      }),
    );
  });

  it('a part that continues an Arabic line begins right-to-left, whatever its first word is', () => {
    const arabic = fc.array(fc.constantFrom('قال', 'إن', 'WHO', 'API', '(12)', '**Google**', 'مهم'), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(arabic, fc.integer({ min: 20, max: 60 }), (words, maxLength) => {
        for (const part of replyParts(`نعم ${words.join(' ')}`, maxLength)) {
          expect(/[\p{L}\u200E\u200F]/u.exec(part)?.[0]).toMatch(/[\u200F\p{Script=Arabic}]/u);
        }
      }),
    );
  });
});

describe('split: where it cuts', () => {
  const parts = (text: string, maxLength: number): string[] => replyParts(text, maxLength);

  it('nowhere when everything fits', () => {
    expect(parts('a\n\nb', 20)).toEqual(['a\n\nb']);
  });

  it('into no parts for an empty text', () => {
    expect(parts('', 4_096)).toEqual([]);
    expect(parts('\n---\n', 4_096)).toEqual([]);
  });

  it('between blocks rather than later in a line', () => {
    expect(parts('one two three.\n\nfour five six. seven', 32)).toEqual([
      'one two three.',
      'four five six. seven',
    ]);
  });

  it('between lines rather than between sentences', () => {
    expect(parts('- one two\n- three. four five six', 26)).toEqual(['- one two', '- three. four five six']);
  });

  it('between sentences rather than between words', () => {
    expect(parts('هل هذا صحيح؟ نعم هذا صحيح تماما', 24)).toEqual(['هل هذا صحيح؟', 'نعم هذا صحيح تماما']);
  });

  it('inside a sentence when that saves a part', () => {
    expect(parts('Aaaa bbbb. Cccc dddd eeee ffff', 20)).toEqual(['Aaaa bbbb.', 'Cccc dddd eeee ffff']);
    expect(parts('Aaaa bbbb. Cccc dddd eeee ffff gggg', 20)).toEqual([
      'Aaaa bbbb. Cccc dddd',
      'eeee ffff gggg',
    ]);
  });

  it('not after a heading or an introduction', () => {
    expect(parts('first words.\n\n## Head\n\nbody body', 28)).toEqual([
      'first words.',
      '*Head*\n\nbody body',
    ]);
    expect(parts('first words.\n\nNamely:\n\n- body body', 32)).toEqual([
      'first words.',
      'Namely:\n\n- body body',
    ]);
  });

  it('closes emphasis and opens it again', () => {
    expect(parts('**one two three four five six**', 20)).toEqual(['*one two three four*', '*five six*']);
  });

  it('closes code and opens it again, and quotes every part of a quote', () => {
    expect(parts('```sh\none two\nthree four\nfive\n```', 26)).toEqual([
      '```one two\nthree four```',
      '```five```',
    ]);
    expect(parts('> one two three four five', 20)).toEqual(['> one two three four', '> five']);
  });

  it('between words of a script without spaces, never before its full stop', () => {
    const all = parts('这是一个很长的句子没有空格但是有很多字我们看看它怎么分开。', 20);
    expect(all.join('')).toBe('这是一个很长的句子没有空格但是有很多字我们看看它怎么分开。');
    expect(all.length).toBe(2);
    for (const part of all) expect(part).not.toMatch(/^。/);
  });

  it('not inside a word of such a script', () => {
    expect(parts(`我${'中国'.repeat(12)}`, 20)[0]).toBe(`我${'中国'.repeat(9)}`);
  });

  it('neither at a no-break space nor where only the emphasis changes', () => {
    expect(parts('aaaa bbbb cccc\u00A0? dddd', 20)).toEqual(['aaaa bbbb cccc\u00A0?', 'dddd']);
    expect(parts('aaaa bbbb cccc dddd\u00A0?', 20)).toEqual(['aaaa bbbb cccc', 'dddd\u00A0?']);
    expect(parts('aaaa bbbb ((**cccc**)), dddd', 20)).toEqual(['aaaa bbbb', '((*cccc*)), dddd']);
  });

  it('a part that continues an English line begins left-to-right', () => {
    expect(parts('peace in Arabic is السلام always', 20)).toEqual([
      'peace in Arabic is',
      '\u200Eالسلام always',
    ]);
  });

  it('a part of an Arabic line with nothing but numbers begins right-to-left', () => {
    expect(parts('قال (1) (2) (3) (4) (5) (6) (7) (8) (9) (0) قال', 20)).toEqual([
      'قال (1) (2) (3) (4)',
      '\u200F(5) (6) (7) (8) (9)',
      '\u200F(0) قال',
    ]);
  });

  it('each piece of a long word keeps the direction of its line', () => {
    expect(parts(`${'a'.repeat(20)}${'ب'.repeat(20)}`, 20)).toEqual([
      'a'.repeat(20),
      `\u200E${'ب'.repeat(19)}`,
      '\u200Eب',
    ]);
  });

  it('begins no part with a character that would become a quote or a bullet', () => {
    expect(parts('aaaa bbbb cccc dddd - eeee ffff gggg', 20)[1]).toMatch(/^(\u2060- |[a-g])/);
    expect(parts(`${'a'.repeat(19)} - b - c`, 20)).toEqual(['a'.repeat(19), '\u2060- b - c']);
  });

  it('keeps the line endings of code and drops the empty ones at a cut', () => {
    expect(parts('```sh\naaaa\n\n\nbbbb\n\n\ncccc cccc\n```', 20)).toEqual([
      '```aaaa\n\n\nbbbb```',
      '```cccc cccc```',
    ]);
  });

  it('a grapheme longer than a part is the only one that is cut', () => {
    const zalgo = `a${'\u0301'.repeat(50)}`;
    const all = parts(`b ${zalgo}`, 20);
    expect(all.join('').replace(/\s/g, '')).toBe(`b${zalgo}`);
    for (const part of all) expect(part.length).toBeLessThanOrEqual(20);
  });

  it('throws for a maximum length that is too small', () => {
    expect(() => split([], MIN_PART_LENGTH - 1)).toThrow(RangeError);
    expect(() => split([], Number.NaN)).toThrow(RangeError);
  });
});
