import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readClockOffset, writeClockOffset } from '#scripts/simulator/clock-offset.ts';
import { readStepLine } from '#scripts/tracing/step-line.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { runProgram } from '../../fakes/program.ts';

const PRELOAD = fileURLToPath(new URL('../../../scripts/dev/move-clock.ts', import.meta.url));
const DAY = 86_400_000;

/** Prints what the thread and a worker thread take for the present. */
const PROGRAM = `
import { isMainThread, Worker } from 'node:worker_threads';
const date = new Date();
console.log(JSON.stringify([
  Date.now(), date.getTime(), Date.parse(Date()), Date.UTC(2026, 0, 2), new Date(5).getTime(),
  date instanceof Date, date.constructor === Date, new (class extends Date {})().getTime(),
]));
if (isMainThread) new Worker(new URL(import.meta.url));
`;

test.each([
  [String(8 * DAY), 8 * DAY],
  ['0', 0],
  ['soon', 0],
])('with %s every clock of the program and of its threads is moved', async (value, offset) => {
  const file = join(temporaryFolder(), 'program.mjs');
  writeFileSync(file, PROGRAM);
  const started = Date.now() - 2_000;
  const moved = runProgram(file, { DEV_CLOCK_OFFSET_MS: value, NODE_OPTIONS: `--import ${PRELOAD}` });
  const { output } = await moved.ended;
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  for (const [now, date, text, utc, five, isDate, isSame, sub] of lines) {
    for (const one of [now, date, text, sub]) {
      expect(one - started - offset).toBeGreaterThanOrEqual(0);
      expect(one - Date.now() - offset).toBeLessThanOrEqual(0);
    }
    expect([utc, five, isDate, isSame]).toEqual([Date.UTC(2026, 0, 2), 5, true, true]);
  }
});

test('the offset is kept; a file that cannot be used is named', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'data'));
  const said: string[] = [];
  const read = () => readClockOffset(root, (sentence) => said.push(sentence));
  expect(read()).toBe(0);
  writeClockOffset(root, DAY);
  expect([read(), said]).toEqual([DAY, []]);
  writeFileSync(join(root, 'data/clock.json'), '{"offsetMs":-1}');
  expect(read()).toBe(0);
  expect(said).toEqual([expect.stringContaining('data/clock.json is not {"offsetMs":<milliseconds>}')]);
});

test.each(['', 'hello "event":"step"', '{"event":"step"}', '{"event":"step","time":"now","step":"stored"}'])(
  'is no step: %s',
  (line) => expect(readStepLine(line)).toBeUndefined(),
);
