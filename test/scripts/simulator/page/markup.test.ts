import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

const reading = z.object({
  readBlocks: z.function({ input: [z.string()], output: z.array(z.looseObject({ kind: z.string() })) }),
  plainText: z.function({ input: [z.string()], output: z.string() }),
});
const page = new URL('../../../../scripts/simulator/page/markup.js', import.meta.url);
const { readBlocks, plainText } = reading.parse({ ...(await import(page.href)) });

const text = (words: string) => ({ kind: 'text', text: words });
const line = (...inside: unknown[]) => ({ kind: 'line', inside });
const styled = (kind: string, ...inside: unknown[]) => ({ kind, inside });

test.each([
  ['*bold*', [line(styled('bold', text('bold')))]],
  ['a _slanted_ word', [line(text('a '), styled('italic', text('slanted')), text(' word'))]],
  ['~gone~.', [line(styled('strike', text('gone')), text('.'))]],
  ['*_both_*', [line(styled('bold', styled('italic', text('both'))))]],
  ['(*x*)', [line(text('('), styled('bold', text('x')), text(')'))]],
  ['*السلام عليكم*', [line(styled('bold', text('السلام عليكم')))]],
  ['`code *x*`', [line({ kind: 'mono', text: 'code *x*' })]],
  ['```mono```', [line({ kind: 'mono', text: 'mono' })]],
  ['see\n```\na\n b\n```\nend', [line(text('see')), { kind: 'mono', text: 'a\n b' }, line(text('end'))]],
  ['> quoted *x*', [{ kind: 'quote', inside: [text('quoted '), styled('bold', text('x'))] }]],
  ['- a\n* b', [{ kind: 'bullets', items: [[text('a')], [text('b')]] }]],
  ['3. a\n4. b', [{ kind: 'numbers', start: 3, items: [[text('a')], [text('b')]] }]],
  ['a\n\nb', [line(text('a')), line(), line(text('b'))]],
  [
    'https://example.org/a_b_c?x=*y*.',
    [line({ kind: 'link', text: 'https://example.org/a_b_c?x=*y' }, text('*.'))],
  ],
])('%j is formatted', (words, blocks) => {
  expect(readBlocks(words)).toEqual(blocks);
});

test.each([
  '2*3*4',
  'so * no *',
  '*open',
  'snake_case_name',
  '**',
  '~ ~',
  'a*b*',
  'javascript:alert(1)',
  '```',
  '`',
  '*a\nb*',
])('%j stays as it is', (words) => {
  expect(readBlocks(words)).toEqual(words.split('\n').map((one) => line(text(one))));
});

test('no word of any text is lost', () => {
  const writing = fc.string({ unit: fc.constantFrom('a', 'ب', '😀', ' ', '\n', ...'*_~`>-1.') });
  const words = (written: string) => written.replace(/[^aب😀]/gu, '');
  fc.assert(
    fc.property(writing, (written) => {
      expect(words(plainText(written))).toBe(words(written));
    }),
  );
});
