import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInstant } from '#app/assistants/instant.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  '2026-01-02T03:04:05',
  '2026-01-02 03:04:05',
  '2026-01-02T03:04:05Z',
  '2026-01-02T03:04:05.000000',
  '2026-01-02T03:04:05,000+00:00',
  '2026-01-02T05:04:05+02:00',
  '2026-01-02T05:04:05+0200',
  '2026-01-02T05:04:05+02',
  '2026-01-01T21:34:05-05:30',
])('parses %s', (text) => {
  expect(parseInstant(text)).toBe(AT);
});

test.each(['', 'yesterday', '2026-01-02', '2026-13-02T03:04:05', '1767323045', '2026-01-02T03:04:05 CET'])(
  'returns undefined for %o',
  (text) => {
    expect(parseInstant(text)).toBeUndefined();
  },
);

test('parses any instant, with or without a zone', () => {
  const years = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), (date) => {
      expect(parseInstant(date.toISOString())).toBe(date.getTime());
      expect(parseInstant(date.toISOString().slice(0, -1))).toBe(date.getTime());
    }),
  );
});
