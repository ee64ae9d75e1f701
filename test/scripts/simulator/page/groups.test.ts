import { expect, test } from 'vitest';
import { z } from 'zod';
import { answered, type Entry } from './fake-control.ts';

const groupSchema = z.object({
  messages: z.array(z.string()),
  rows: z.array(z.looseObject({ id: z.string() })),
  from: z.number(),
  span: z.number(),
  state: z.string(),
});
const file = (name: string) => new URL(`../../../../scripts/simulator/page/${name}.js`, import.meta.url).href;
const { createGroups } = z
  .object({ createGroups: z.function({ input: [z.unknown()], output: z.unknown() }) })
  .parse({ ...(await import(file('groups'))) });
const { duration } = z
  .object({ duration: z.function({ input: [z.number()], output: z.string() }) })
  .parse({ ...(await import(file('duration'))) });
const { readable, jsonProblem } = z
  .object({
    readable: z.function({ input: [z.string(), z.array(z.array(z.string()))], output: z.string() }),
    jsonProblem: z.function({ input: [z.string()], output: z.string().optional() }),
  })
  .parse({ ...(await import(file('body-text'))) });

/** `writtenAt`: when the person sent each message. */
function grouping(writtenAt: Readonly<Record<string, number>>) {
  return z
    .object({
      put: z.function({ input: [z.unknown()], output: z.unknown() }),
      roots: z.function({ input: [], output: z.array(z.string()) }),
      group: z.function({ input: [z.string()], output: groupSchema }),
    })
    .parse(createGroups((id: string) => writtenAt[id]));
}

/** Returns the groups of these entries, the newest first. */
function grouped(entries: readonly Entry[], writtenAt: Readonly<Record<string, number>>) {
  const groups = grouping(writtenAt);
  for (const entry of entries) groups.put(entry);
  return groups.roots().map((root) => groups.group(root));
}

const step = (id: string, at: number, more: Record<string, unknown>): Entry => ({
  type: 'step',
  id,
  at,
  ...more,
});

test('what belongs to one turn is one group, in whatever order it comes', () => {
  const entries = answered('m1', ['b1', 'b2'], 1_000);
  const [group, ...others] = grouped([...entries].reverse(), { m1: 1_000 });
  expect(others).toEqual([]);
  expect(group).toMatchObject({ messages: ['m1'], from: 1_000, span: 7_600 + 1_000, state: 'done' });
  expect(group?.rows.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
});

test('messages of one turn share a group, and those of another turn do not', () => {
  const entries = [
    step('1', 10, { name: 'stored', message: 'm1' }),
    step('2', 20, { name: 'stored', message: 'm2' }),
    step('3', 30, { name: 'claimed', message: 'm1', turn: 't1' }),
    step('4', 30, { name: 'claimed', message: 'm2', turn: 't1' }),
    step('5', 40, { name: 'stored', message: 'm3' }),
    step('6', 50, { name: 'claimed', message: 'm3', turn: 't2' }),
    step('7', 60, { name: 'given_up', turn: 't1' }),
  ];
  const groups = grouped(entries, { m1: 1, m2: 2, m3: 35 });
  expect(groups.map(({ messages, state }) => [messages, state])).toEqual([
    [['m3'], 'in work'],
    [['m1', 'm2'], 'given up'],
  ]);
});

test('a delivery with statuses of two turns is in both groups and does not join them', () => {
  const hop: Entry = { type: 'hop', id: 'h', at: 9_500, kind: 'delivery', messages: ['b1', 'd1'] };
  const entries = [...answered('m1', ['b1', 'b2'], 0), ...answered('n1', ['d1', 'd2'], 100, 'turn-2'), hop];
  const groups = grouped(entries, { m1: 0, n1: 100 });
  expect(groups.map(({ messages }) => messages)).toEqual([['n1'], ['m1']]);
  for (const { rows } of groups) expect(rows.at(-1)?.id).toBe('h');
});

test('an entry that comes again replaces the former one, and a note is in the newest group before it', () => {
  const open: Entry = { type: 'hop', id: 'h', at: 10, kind: 'delivery', messages: ['m1'] };
  const note: Entry = { type: 'note', id: 'n', at: 60, text: 'the app was killed' };
  const later = step('1', 200, { name: 'stored', message: 'm2' });
  const groups = grouped([open, { ...open, ms: 90, status: 200 }, later, note], { m1: 5, m2: 199 });
  expect(groups[1]).toMatchObject({ rows: [{ id: 'h', status: 200 }, { id: 'n' }], from: 5, span: 95 });
  expect(groups[0]?.rows.map(({ id }) => id)).toEqual(['1']);
});

test('a group keeps its root when a step of one reply joins it', () => {
  const groups = grouping({ m1: 1 });
  for (const entry of answered('m1', [], 1)) groups.put(entry);
  const before = groups.roots();
  groups.put(step('s', 20, { name: 'sent', bubble: 'b1', turn: 'turn-1' }));
  expect(groups.roots()).toEqual(before);
});

test('a wake-up, which names nothing, is in the newest group before it, and in its own while there is none', () => {
  const woken = step('w', 300, { name: 'woken' });
  expect(grouped([woken], {})).toMatchObject([{ rows: [{ id: 'w' }], from: 300 }]);
  const first = step('1', 200, { name: 'stored', message: 'm1' });
  const next = step('2', 400, { name: 'stored', message: 'm2' });
  const groups = grouped([woken, first, next], { m1: 200, m2: 400 });
  expect(groups.map(({ rows }) => rows.map(({ id }) => id))).toEqual([['2'], ['1', 'w']]);
});

test.each([
  [8, '8 ms'],
  [999.6, '1 s'],
  [1_000, '1 s'],
  [1_240, '1.24 s'],
  [25_000, '25 s'],
  [185_000, '3 min 5 s'],
  [86_400_000, '24 h'],
  [691_200_000, '8 days'],
])('%d ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test('a body is shown as people read it', () => {
  expect(readable('{"a":{"b":"سلام"}}', [])).toBe('{\n  "a": {\n    "b": "سلام"\n  }\n}');
  const form = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']];
  expect(readable('Body=a+%26+b&WaId=1', form)).toBe('Body = a & b\nWaId = 1');
  expect(readable('data: {"a"', [])).toBe('data: {"a"');
  expect(jsonProblem('{"a":1}')).toBeUndefined();
  expect(jsonProblem('{"a":1')).toMatch(/^This is not JSON: ./);
});
