import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format } from '#app/reply/format.ts';
import { split } from '#app/reply/split.ts';

/** The whole reply as one message. */
function formatted(markdown: string): string {
  return split(format(markdown), 1_000_000).join('\n<cut>\n');
}

describe('format: emphasis', () => {
  it.each([
    ['**bold** and __bold__', '*bold* and *bold*'],
    ['*italic* and _italic_', '_italic_ and _italic_'],
    ['~~struck~~', '~struck~'],
    ['***both***', '_*both*_'],
    ['**bold with _italic_ inside**', '*bold with _italic_ inside*'],
    ['**bold **inside** bold**', '*bold inside bold*'],
    ['`code *stays*`', '`code *stays*`'],
    ['``a ` b``', '`a ˋ b`'],
    ['(**bold**), «**bold**»؛ **bold**.', '(*bold*), «*bold*»؛ *bold*.'],
    ['**two\nlines**', '*two*\n*lines*'],
    ['<b>bold</b> <em>it</em> <s>no</s> <code>x</code>', '*bold* _it_ ~no~ `x`'],
    ['**see [here](https://a.org/b_c) now**', '*see here* (https://a.org/b_c) *now*'],
  ])('%s', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });

  it.each([
    ['in**side**word', 'insideword'],
    ['و**الصلاة**ه', 'والصلاةه'],
    ['**النية:**ركن', '*النية:* ركن'],
    ['**النية:** ركن', '*النية:* ركن'],
    ['3~5 days, 7~9 weeks', '3~5 days, 7~9 weeks'],
  ])('drops markers that would be visible: %s', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});

describe('format: characters that WhatsApp would read as markers', () => {
  it.each([
    ['\\*literal\\*', '∗literal∗'],
    ['\\_literal\\_ and \\~literal\\~', 'ˍliteralˍ and ∼literal∼'],
    ['\\`literal\\`', 'ˋliteralˋ'],
    ['5 * 3 * 2', '5 * 3 * 2'],
    ['snake_case_name', 'snake_case_name'],
    ['2\\*3\\*4', '2*3*4'],
    ['price\\* (\\*without tax)', 'price* (*without tax)'],
    ['\\*open and **bold**', '∗open and *bold*'],
    ['https://a.org/_x_/y \\_z\\_', 'https://a.org/_x_/y ˍzˍ'],
    ['`_a_` \\_z\\_', '`_a_` ˍzˍ'],
  ])('%s', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });

  it('keeps text at the start of a line from becoming a quote or a bullet', () => {
    expect(formatted('\\> no quote')).toBe('\u2060> no quote');
    expect(formatted('\\- no bullet')).toBe('\u2060- no bullet');
  });
});

describe('format: blocks', () => {
  it.each([
    ['headings are bold lines', '# A **b** c\n\ntext\n## D', '*A b c*\n\ntext\n\n*D*'],
    ['bullets', '* a\n* b\n\n- c', '- a\n- b\n\n- c'],
    ['numbers, from where they start', '3) a\n4) b', '3. a\n4. b'],
    ['loose lists stay loose', '1. a\n\n   more\n\n2. b', '1. a\n\nmore\n\n2. b'],
    [
      'deeper lists',
      '1. a\n   - b\n     - c\n       - d\n   - e\n2. f',
      '1. a\n  ◦ b\n    ◦ c\n    ◦ d\n  ◦ e\n2. f',
    ],
    ['tasks', '- [ ] open\n- [x] done', '☐ open\n☑ done'],
    ['an empty item', '- \n- a', '-\n- a'],
    ['code in an item', '- run:\n  ```sh\n  ls\n  ```', '- run:\n```ls```'],
    ['quotes', '> a\n> b\n>\n> c\n>> d\n\ne', '> a\n> b\n> c\n> d\n\ne'],
    ['quoted lists and code', '> - a\n> - b\n>\n> ```\n> x\n>\n> y\n> ```', '> - a\n> - b\n> `x`\n> `y`'],
    ['code', '```js\n  a\n\n\tb = `c`;\n```', '```  a\n\n\tb = `c`;```'],
    ['three backticks in code', '~~~js\n```\nx\n~~~', '```ˋˋˋ\nx```'],
    ['thematic breaks', 'a\n\n---\n\nb', 'a\n\nb'],
    ['hard and soft breaks', 'a  \nb\\\nc\nd<br>e', 'a\nb\nc\nd\ne'],
    ['indented lines', 'a\n   b ', 'a\nb'],
    ['two columns', '| A | B |\n|--|--|\n| x | 1 |\n| y: | 2 |', '*A: B*\n- x: 1\n- y: 2'],
    [
      'more columns',
      '| A | B | C |\n|--|--|--|\n| x | **1** | |\n| y | 3 | 4 |',
      '*A: x*\n- B: *1*\n\n*A: y*\n- B: 3\n- C: 4',
    ],
    ['a table without rows', '| A | B |\n|--|--|', 'A | B'],
    ['HTML', '<div dir="rtl">\n<p>a &amp; b</p>\n<!-- no -->\n</div>\n\n<u>c</u>', 'a & b\n\nc'],
    ['scripts', 'a\n\n<script>\nalert(1)\n</script>', 'a'],
    ['text that only looks like HTML', 'List<String> and 1 < 2 <3', 'List<String> and 1 < 2 <3'],
    [
      'entities, once',
      '&lt;b&gt; &amp;lt; &hellip; &rlm;x &unknown; AT&T',
      '<b> &lt; … \u200Fx &unknown; AT&T',
    ],
    ['nothing', ' \n\n<!-- x -->\n\n---\n', ''],
  ])('%s', (_name, markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});

describe('format: addresses', () => {
  it.each([
    ['[words](https://a.org/x)', 'words (https://a.org/x)'],
    ['[https://a.org](https://a.org/)', 'https://a.org'],
    ['[a.org](https://a.org)', 'https://a.org'],
    ['<https://a.org> and https://b.org/x_y_z.', 'https://a.org and https://b.org/x_y_z.'],
    ['<me@a.org>, [write](mailto:me@a.org)', 'me@a.org, write (me@a.org)'],
    ['[q](https://a.org?x=1&amp;y=2)', 'q (https://a.org?x=1&y=2)'],
    ['[up](#top) [file](/x)', 'up file'],
    ['![a tree](https://a.org/t.png)', 'a tree (https://a.org/t.png)'],
    ['<a href="https://a.org">x</a>', 'x (https://a.org)'],
    ['**https://a.org**', 'https://a.org'],
    [
      'so it is [1], [2][b]\n\n[1]: https://a.org\n[b]: https://b.org',
      'so it is [1], 2 (https://b.org)\n\n[1]: https://a.org',
    ],
    ['so it is[^1]\n\n[^1]: the_source', 'so it is[^1]\n\n[^1]: the_source'],
  ])('%s', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});

describe('format: direction', () => {
  it.each([
    'قال رسول الله ﷺ: «إنما الأعمال بالنيات».',
    'الفقه\u200F (Fiqh)\u200E هو \u2067علم\u2069',
    'שלום, עולם!',
    '1. نص',
  ])('keeps %s', (text) => {
    expect(formatted(text)).toBe(text);
  });

  it('puts no character with a strong direction before Arabic', () => {
    const message = formatted('# عنوان\n\n- **نص** هنا\n  - آخر\n\n> قول\n\n- [x] تم');
    const strongBefore = /^[^\p{L}]*[A-Za-z]/mu;
    expect(message).toBe('*عنوان*\n\n- *نص* هنا\n  ◦ آخر\n\n> قول\n\n☑ تم');
    expect(message).not.toMatch(strongBefore);
  });
});

describe('format: any string', () => {
  const letters = fc.string({
    unit: fc.constantFrom('a', 'ب', 'ש', '字', '👍🏽', 'é', '1', ',', '؟', '(', ')', '\u200F'),
    minLength: 1,
    maxLength: 8,
  });
  const word = letters.filter((text) => /^[aבבש字é]/u.test(text));

  it('leaves plain text unchanged', () => {
    const line = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
    const paragraph = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(paragraph, { minLength: 1, maxLength: 3 }), (paragraphs) => {
        expect(formatted(paragraphs.join('\n\n'))).toBe(paragraphs.join('\n\n'));
      }),
    );
  });

  it('never throws', () => {
    const markup = fc.constantFrom(
      ...[
        '*',
        '**',
        '_',
        '~~',
        '`',
        '```',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '1. ',
        '# ',
        '|',
        '|-|-|\n',
        '[',
        '](x)',
        '<b>',
      ],
      ...[
        '</b>',
        '&amp;',
        '\\',
        ' ',
        '  ',
        '    ',
        'a',
        'ب',
        '\u{1F468}\u200D\u{1F467}',
        '\uD800',
        '\0',
        '![',
        '[^1]: ',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(markup, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (markdown) => {
        formatted(markdown);
      }),
      { numRuns: 500 },
    );
  });

  it('has no lone surrogates, no control characters and no unpaired isolates', () => {
    const piece = fc.constantFrom(
      ...[
        '\uD83D',
        '\uDE00',
        '\u{1F600}',
        '\u2066',
        '\u2067',
        '\u2068',
        '\u2069',
        '\u202E',
        '\u0007',
        '\r',
        '\n',
        ' ',
      ],
      ...[
        'a',
        'ب',
        '**',
        '_',
        '`',
        '&#x2067;',
        '&#8297;',
        '&#7;',
        '[x](https://a.org/\u2067)',
        '| ',
        '\n|-|\n',
        '- ',
        '<b>',
      ],
      ...['<br>', '\\', '$', '\\frac{'],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.integer({ min: 20, max: 60 }),
        (pieces, maxLength) => {
          for (const part of split(format(pieces.join('')), maxLength)) {
            expect(part.isWellFormed(), JSON.stringify(part)).toBe(true);
            expect(part).not.toMatch(/(?![\n\t])\p{Cc}/u);
            for (const line of part.split('\n')) {
              let open = 0;
              for (const [isolate] of line.matchAll(/[\u2066-\u2069]/g)) {
                open += isolate === '\u2069' ? -1 : 1;
                expect(open, JSON.stringify(part)).toBeGreaterThanOrEqual(0);
              }
              expect(open, JSON.stringify(part)).toBe(0);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('treats input beyond the limits of the parser as plain text: deep nesting, long words', () => {
    expect(formatted(`${'>'.repeat(3_000)} a\nb`)).toBe('> a\n> b');
    const endless = 'a_'.repeat(40_000);
    expect(formatted(`**x** ${endless}\n\nc`)).toBe(`∗∗x∗∗ ${endless}\n\nc`);
  });
});
