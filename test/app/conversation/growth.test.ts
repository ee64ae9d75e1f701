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
/** Strings that belong to no pair of equal markers. */
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

/** Strings whose cost could grow inside a block. */
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

/** Microseconds of processor time: the minimum of the runs, since other load only adds to it. */
async function cost(work: () => unknown, runs: number): Promise<number> {
  let min = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    min = Math.min(min, user + system);
  }
  return min;
}

/** Shorter measurements are mostly noise of the machine. */
const NOISE_US = 4_000;

/** Three doublings make growth visible in spite of noise: quadratic work grows 64 times. */
const DOUBLINGS = 3;
const MAX_GROWTH = 2.5 ** DOUBLINGS;

/** True when twice the input costs at most 2.5 times the work in one of several rounds, with more runs or longer text. */
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
    if (long <= MAX_GROWTH * (await cost(() => work(times * units), runs))) return true;
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
  it('of formatting and splitting', { timeout: 60_000 }, async () => {
    expect(await superlinear((text) => split(format(text), 400), 750)).toEqual([]);
  });

  it.each<[string, (text: string) => unknown]>([
    ['language', (text) => detectLanguage(text)],
    ['redaction', redact],
    ['titles', titleFrom],
    ['visibility', hasVisibleText],
    ['the sender of a message', (text) => readContacts([{ wa_id: text, user_id: text }])],
  ])('of %s', { timeout: 60_000 }, async (_name, work) => {
    expect(await superlinear(work, 1_500, CONTAINERS.slice(0, 1))).toEqual([]);
  });
});

const MAX_ANSWER_LENGTH = 200_000;
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
  ].map((unit) => [JSON.stringify(unit), repeated(unit, MAX_ANSWER_LENGTH)] as const),
  ['a table', `|a|b|\n|-|-|\n${repeated('|**k:**k|x|\n', MAX_ANSWER_LENGTH)}`],
  [
    'a list nested 500 deep',
    Array.from({ length: 500 }, (_, depth) => `${' '.repeat(2 * depth)}- a\n`).join(''),
  ],
  ['growing backticks', Array.from({ length: 630 }, (_, length) => '`'.repeat(length)).join(' ')],
  ['pictures in pictures', `${'!['.repeat(40_000)}x${'](y)'.repeat(20_000)}`],
];
const options = { maxPartLength: 4_096, language: 'en' };

/** The parser finds the blocks of this much text in one step; all other steps are shorter. */
const MAX_STEP = 60_000 + 4_000;
/** Three passes clean the text and one parses it; the text of ten parts is read a few times more. */
const MAX_WORK = 4 * MAX_ANSWER_LENGTH + 500_000;

/** Each line counts as at least six units; lines are counted after each step. */
const MAX_LINES = 8_500;

describe('growth: an answer of maximum length', () => {
  it.each(HOSTILE)('takes bounded work, in steps of bounded length: %s', async (_name, text) => {
    const answer = text.slice(0, MAX_ANSWER_LENGTH);
    const emphasisRanges: number[] = [];
    const pause = async (work: number): Promise<void> => {
      emphasisRanges.push(work);
    };
    const parts = await answerParts(answer, [], { ...options, pause });
    expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
    const [marks, characters, hidden, ...others] = emphasisRanges;
    for (const pass of [marks, characters, hidden]) expect(pass).toBeLessThanOrEqual(MAX_ANSWER_LENGTH);
    expect(Math.max(0, ...others)).toBeLessThanOrEqual(MAX_STEP);
    expect(emphasisRanges.reduce((sum, work) => sum + work, 0)).toBeLessThanOrEqual(MAX_WORK);
    expect(parts.join('\n').split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it.each(['**word:**more ', 'a', 'x\n'])('pauses for the event loop: %j', async (unit) => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await answerParts(repeated(unit, MAX_ANSWER_LENGTH), [], options);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(16);
  });
});
