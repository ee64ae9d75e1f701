import { describe, expect, it } from 'vitest';
import { readContacts } from '#app/channels/meta/person.ts';
import { answerParts, MAX_PARTS } from '#app/conversation/reply.ts';
import { titleFrom } from '#app/conversation/thread.ts';
import { hasVisibleText } from '#app/domain/visible.ts';
import { detectLanguage } from '#app/language/detect.ts';
import { redact } from '#app/log/redact.ts';
import { format } from '#app/reply/format.ts';
import { split } from '#app/reply/split.ts';

const MARKERS = ['*', '**', '***', '_', '__', '~~', '`', '<', '$'];
const AROUND: readonly ((marker: string) => string)[] = [
  (m) => `${m}k:${m}k `,
  (m) => `${m}"كلمة"${m}و`,
  (m) => `k${m}:k`,
  (m) => `${m}(k)${m}k\n`,
  (m) => `${m}a `,
];
/** What takes part in no pair of equal markers. */
const OTHERS = [
  ...[
    '[',
    '![',
    '](',
    '[a](',
    '[a][',
    '[a](b) ',
    '[![',
    '[a]: /b\n',
    '[^1]: ',
    '\\(',
    '\\[',
    '\\frac{',
    '$$ ',
    '^{',
  ],
  ...[
    '- ',
    '1. ',
    '> ',
    '>',
    '# ',
    '| a ',
    '|-',
    '``` ',
    '~~~\n',
    '    ',
    '\n',
    'x\n',
    'x\n\n',
    '- a\n  - b\n',
  ],
  ...[
    '<!-- ',
    '<!-- -->',
    '<? ',
    '<![CDATA[ ',
    '<a href="',
    '<b>',
    '</i>',
    '<td>',
    '<script>',
    '<think>',
    '</think>',
  ],
  ...[
    '&amp;',
    '&',
    'http://a.b ',
    'https://a@',
    'www.',
    'a@b.c ',
    '<http://a ',
    'data:a/b,',
    '【',
    '【†】',
    '\uE200',
  ],
  ...[
    '\u2066',
    '\u202E',
    '\u0300',
    '字',
    '👨‍👩‍👧‍👦',
    'نص ',
    'a',
    'word ',
    '. ',
    '\\',
    '!',
    '(',
    '12 ',
    '+966 5-',
    'EAA',
  ],
];
const UNITS = [...MARKERS.flatMap((marker) => AROUND.map((around) => around(marker))), ...OTHERS];

/** What a block around it could make costlier. */
const NESTED = [
  ...MARKERS.map((marker) => `${marker}k:${marker}k `),
  '[',
  '![',
  '[a](b) ',
  '\\frac{',
  '<b>',
  '- ',
  '> ',
  'x\n',
];

const repeated = (unit: string, units: number): string =>
  unit.repeat(Math.ceil(units / unit.length)).slice(0, units);

const CONTAINERS: readonly (readonly [name: string, fill: (unit: string, units: number) => string])[] = [
  ['plain', repeated],
  ['quote', (unit, units) => repeated(`> ${repeated(unit, 200).replaceAll('\n', '\n> ')}\n`, units)],
  ['list', (unit, units) => repeated(`- ${repeated(unit, 200).replaceAll('\n', ' ')}\n`, units)],
  ['table', (unit, units) => `|a|b|\n|-|-|\n|${repeated(unit, units).replaceAll('\n', ' ')}|x|\n`],
];

/** Microseconds of processor time; the least of some runs, since everything else only adds to it. */
async function cost(work: () => unknown, runs: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** Below this a clock shows more of the machine than of the work. */
const NOISE_US = 4_000;

/** Three doublings show growth through the noise of a machine: quadratic work grows 64 times by them. */
const DOUBLINGS = 3;
const MOST_GROWTH = 2.5 ** DOUBLINGS;

/** Whether twice the input costs at most 2.5 times the work, in one of several rounds: more runs, or a longer text. */
async function isLinear(work: (units: number) => unknown, units: number): Promise<boolean> {
  for (const [runs, times] of [
    [1, 1],
    [3, 1],
    [5, 2],
    [5, 4],
    [9, 8],
  ] as const) {
    const long = await cost(() => work(2 ** DOUBLINGS * times * units), runs);
    if (long < NOISE_US) return true;
    if (long <= MOST_GROWTH * (await cost(() => work(times * units), runs))) return true;
  }
  return false;
}

async function superlinear(
  work: (text: string) => unknown,
  units: number,
  containers = CONTAINERS,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, fill] of containers) {
    for (const unit of name === 'plain' ? UNITS : NESTED) {
      if (!(await isLinear((length) => work(fill(unit, length)), units)))
        found.push(`${name} ${JSON.stringify(unit)}`);
    }
  }
  return found;
}

describe('growth: twice the text costs at most 2.5 times the work', () => {
  it('formatting and splitting', { timeout: 60_000 }, async () => {
    expect(await superlinear((text) => split(format(text), 400), 750)).toEqual([]);
  });

  it.each<[string, (text: string) => unknown]>([
    ['language', (text) => detectLanguage(text)],
    ['redaction', redact],
    ['titles', titleFrom],
    ['visibility', hasVisibleText],
    ['who a message is from', (text) => readContacts([{ wa_id: text, user_id: text }])],
  ])('%s', { timeout: 60_000 }, async (_name, work) => {
    expect(await superlinear(work, 1_500, CONTAINERS.slice(0, 1))).toEqual([]);
  });
});

const LONGEST_ANSWER = 200_000;
const HOSTILE: readonly (readonly [string, string])[] = [
  ...[
    '**word:**more ',
    '**"كلمة"**و ',
    '**a ',
    '`a``b',
    '![',
    '\\frac{',
    '<!-- ',
    '1. ',
    '> ',
    '|-',
    'x\n',
    'a',
    'a ',
    '字',
    '\u2066\n',
    '~~k:~~k ',
    '~~(k)~~k\n',
    '\u0300',
  ].map((unit) => [JSON.stringify(unit), repeated(unit, LONGEST_ANSWER)] as const),
  ['a table', `|a|b|\n|-|-|\n${repeated('|**k:**k|x|\n', LONGEST_ANSWER)}`],
  [
    'a list nested 500 deep',
    Array.from({ length: 500 }, (_, depth) => `${' '.repeat(2 * depth)}- a\n`).join(''),
  ],
  ['growing backticks', Array.from({ length: 630 }, (_, length) => '`'.repeat(length)).join(' ')],
  ['pictures in pictures', `${'!['.repeat(40_000)}x${'](y)'.repeat(20_000)}`],
];
const options = { maxPartLength: 4_096, language: 'en' };

/** The blocks of so much text are found in one step; all other steps are shorter. */
const MAX_PIECE = 60_000 + 4_000;
/** The text is cleaned in three passes, and read once; what ten parts hold is looked at some times more. */
const MOST_WORK = 4 * LONGEST_ANSWER + 500_000;

/** Each counts as six units at least; counted after each stretch of reading. */
const MOST_LINES = 8_500;

describe('growth: an answer of the greatest length', () => {
  it.each(HOSTILE)('is bounded work, in steps of bounded length: %s', async (_name, text) => {
    const answer = text.slice(0, LONGEST_ANSWER);
    const emphasisRanges: number[] = [];
    const pause = async (work: number): Promise<void> => {
      emphasisRanges.push(work);
    };
    const parts = await answerParts(answer, [], { ...options, pause });
    expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
    const [marks, characters, hidden, ...others] = emphasisRanges;
    for (const pass of [marks, characters, hidden]) expect(pass).toBeLessThanOrEqual(LONGEST_ANSWER);
    expect(Math.max(0, ...others)).toBeLessThanOrEqual(MAX_PIECE);
    expect(emphasisRanges.reduce((sum, work) => sum + work, 0)).toBeLessThanOrEqual(MOST_WORK);
    expect(parts.join('\n').split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  });

  it.each(['**word:**more ', 'a', 'x\n'])('pauses for other work: %j', async (unit) => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await answerParts(repeated(unit, LONGEST_ANSWER), [], options);
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(16);
  });
});
