import { expect, test } from 'vitest';
import { retryAfterMs } from '#app/http-client/retry-after.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  [undefined, undefined],
  ['0', 0],
  [' 120 ', 120_000],
  ['999999999', 3_600_000],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
  ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])('reads %o as %o ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});
