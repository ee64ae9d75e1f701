import { expect, it } from 'vitest';
import { createLog } from '#app/log.ts';
import { type Paint, readableLines } from '#scripts/dev/log-lines.ts';

const AT = Date.UTC(2026, 10, 27, 8, 32, 11, 772);
const plain: Paint = (_, text) => text;
const local = new Date(AT).toTimeString().slice(0, 8);

/** Returns what the app writes, for a terminal. */
function shown(write: (log: ReturnType<typeof createLog>) => void, paint = plain): readonly string[] {
  let line = '';
  write(createLog({ level: 'trace', now: () => AT, write: (text) => (line = text) }));
  return readableLines(line.trimEnd(), paint);
}

it('shows time, level, event and fields in one line', () => {
  const fields = {
    who: '83aa0e0c7cfe',
    outcome: 'answered',
    ms: 760,
    detail: 'two words',
    url: 'http://a:1/',
  };
  expect(shown((log) => log.info('turn', fields))).toEqual([
    `${local}.772 info  turn who=83aa0e0c7cfe outcome=answered detail="two words" url=http://a:1/ ms=760`,
  ]);
});

it('shows an error with its stack and its causes, indented', () => {
  const cause = new TypeError('fetch failed');
  const error = Object.assign(new Error('no response', { cause }), { code: 'ECONNREFUSED' });
  const lines = shown((log) => log.error('turn failed', { error }));
  expect(lines[0]).toBe(`${local}.772 error turn failed`);
  expect(lines[1]).toBe('    Error: no response (ECONNREFUSED)');
  expect(lines[2]).toMatch(/^ {6}at .*log-lines\.test\.ts/);
  const causeAt = lines.indexOf('    caused by');
  expect(lines[causeAt + 1]).toBe('    TypeError: fetch failed');
  expect(lines[causeAt + 2]).toMatch(/^ {6}at /);
});

it('escapes what a terminal would act on', () => {
  const fields = { detail: 'a\u001b[2J\u009b2Jb\nc', name: 'مرحبا' };
  expect(shown((log) => log.warn('odd', fields))).toEqual([
    `${local}.772 warn  odd detail="a\\u001b[2J\\u009b2Jb\\nc" name=مرحبا`,
  ]);
});

it('colours by level', () => {
  const paint: Paint = (style, text) => `<${style}>${text}</>`;
  expect(shown((log) => log.error('odd', { ms: 1 }), paint)).toEqual([
    `<dim>${local}.772</> <red>error</> odd <dim>ms=</>1`,
  ]);
});

it.each([
  'ansari-backend listens on http://127.0.0.1:8000 (echo)',
  '{"time":"2026-11-27T08:32:11.772Z","level":"info"',
  '{"time":"yesterday","level":"info","event":"turn"}',
  '{"time":"2026-11-27T08:32:11.772Z","level":"loud","event":"turn"}',
  '{"time":"2026-11-27T08:32:11.772Z","level":"info","event":"turn","error":"text"}',
  'null',
  '',
])('leaves %j as it is', (line) => {
  expect(readableLines(line, plain)).toEqual([line]);
});
