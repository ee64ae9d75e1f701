import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format } from '#app/reply/format.ts';
import { split } from '#app/reply/split.ts';

const formatted = (markdown: string): string => split(format(markdown), 1_000_000).join('\n<cut>\n');

describe('format: numbers of a list', () => {
  it.each([
    ['632. Death\n656. First fitna\n661. Umayyads', '632. Death\n656. First fitna\n661. Umayyads'],
    ['2. a\n5. b\n9. c', '2. a\n5. b\n9. c'],
    ['3. three\n1. one', '3. three\n1. one'],
    ['1. a\n1. b\n1. c', '1. a\n2. b\n3. c'],
    ['7. alone', '7. alone'],
    ['1. [ ] a\n2. [x] b', '1. ☐ a\n2. ☑ b'],
    ['- 500 SAR\n+ 200 SAR', '- 500 SAR\n+ 200 SAR'],
    ['+ 200 SAR\n+ 100 SAR', '+ 200 SAR\n+ 100 SAR'],
    ['5.', '5.'],
  ])('%j', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});

describe('format: tokens that markup separates stay separate', () => {
  it.each([
    ['100*2.5*4 = 1000', '100*2.5*4 = 1000'],
    ['3*4*5', '3*4*5'],
    ['٢*٣*٤', '٢*٣*٤'],
    ['س*ص*ع', 'س*ص*ع'],
    ['(2*3)*(4*5)', '(2*3)*(4*5)'],
    ['a*b=c*d', 'a*b=c*d'],
    ['width*2 + height*b', 'width*2 + height*b'],
    ['1**2**3', '1**2**3'],
    ['0500***123', '0500***123'],
    ['f**k and s**t', 'f**k and s**t'],
    ['0500***123, f**k and s**t', '0500***123, f**k and s**t'],
    ['2`3`4', '2ˋ3ˋ4'],
    ['10<sup>2</sup>, m<sup>2</sup>, 2020<sup>1</sup>', '10², m², 2020¹'],
    ['10<sup>٢</sup> H<sub>2</sub>O', '10^٢ H₂O'],
    ['~~100~~50', '~100~ 50'],
    ['~~old~~new', '~old~ new'],
    ['**البقرة**255 and 5**kg**', '*البقرة* 255 and 5 *kg*'],
    ['2<b>3</b>4', '2 *3* 4'],
    ['1[2](https://a.org), 1[2](#x)3', '1 2 (https://a.org), 1 2 3'],
    ['1<!-- c -->2', '1 2'],
    ['<q>word</q>', '“word”'],
    ['in**side**word', 'insideword'],
    ['و**الصلاة**ه', 'والصلاةه'],
    ['**Surah**s', 'Surahs'],
    ['**النية:**ركن, **النية:** ركن', '*النية:* ركن, *النية:* ركن'],
    ['| a | b |\n|--|--|\n| 1 | 2 | 3 |', '*a: b*\n- 1: 2 | 3'],
    ['[Note]: 5 rakat', '[Note]: 5 rakat'],
  ])('%j', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });

  /**
   * A token is a maximal run of letters, marks and digits. Emphasis inside a word (`in**side**word`) separates none;
   * strikethrough, quotes, cells, paragraphs and lines do.
   */
  it('joins no two tokens that markup separates', () => {
    const token = fc.constantFrom('12', 'ab', 'كلمة', '٣', 'word');
    const around = fc.constantFrom<readonly [string, string]>(
      ['~~', '~~'],
      ['<del>', '</del>'],
      ['<td>', '</td>'],
      ['<br>', '<br>'],
      ['<q>', '</q>'],
      ['<p>', '</p>'],
    );
    const tokensOf = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    fc.assert(
      fc.property(token, around, token, token, (left, [open, close], inner, right) => {
        const markdown = `x ${left}${open}${inner}${close}${right} x`;
        expect(tokensOf(formatted(markdown)), markdown).toEqual(['x', left, inner, right, 'x']);
      }),
    );
  });

  /**
   * The input has no markup that drops or adds digits: numbers of lists that count up, references and their
   * definitions, titles and targets of links, languages of fences, numeric entities, powers.
   */
  it('has the same runs of digits', () => {
    const token = fc.constantFrom(
      ...[
        '1',
        '22',
        '٣',
        '४',
        'x',
        'word',
        'و',
        'كلمة',
        ' ',
        ' ',
        '\n',
        '\n\n',
        '.',
        ',',
        '(',
        ')',
        '=',
        '+',
        '-',
      ],
      ...[
        '*',
        '**',
        '***',
        '_',
        '__',
        '~~',
        '`',
        '``',
        '# ',
        '> ',
        '- ',
        '[',
        '](#a)',
        '](https://a.org)',
        '![',
        '|',
      ],
      ...[
        '<b>',
        '</b>',
        '<i>',
        '</i>',
        '<u>',
        '<q>',
        '<br>',
        '<td>',
        '<!-- x -->',
        '&amp;',
        '\\',
        '\\*',
        '\\times ',
      ],
    );
    const digits = (text: string): string[] => text.match(/\p{Nd}+/gu) ?? [];
    fc.assert(
      fc.property(fc.array(token, { maxLength: 25 }), (tokens) => {
        const markdown = `x ${tokens.join('')}`;
        expect(digits(formatted(markdown)), markdown).toEqual(digits(markdown));
      }),
      { numRuns: 1_000 },
    );
  });
});
