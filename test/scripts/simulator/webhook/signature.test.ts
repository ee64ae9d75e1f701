import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signature, wireJson } from '#scripts/simulator/webhook/signature.ts';

test('characters outside ASCII, slashes and at signs are escaped as Meta escapes them', () => {
  expect(wireJson({ text: 'äé / سلام @ 😀 "\\' }).toString('latin1')).toBe(
    '{"text":"\\u00e4\\u00e9 \\/ \\u0633\\u0644\\u0627\\u0645 \\u0040 \\ud83d\\ude00 \\"\\\\"}',
  );
});

test('any text is sent as ASCII and parsed to the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const wire = wireJson({ text });
      expect(wire.every((byte) => byte < 0x7f)).toBe(true);
      expect(JSON.parse(wire.toString('latin1'))).toEqual({ text });
    }),
  );
});

/**
 * Made by another tool:
 *   printf '%s' '{"text":"\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645 \/ ansari\u0040example.org"}' |
 *     openssl dgst -sha256 -hmac development-app-secret -hex
 */
const BY_OPENSSL = '2545952ba83778f43a03c68c7148c7cfbcc51773ba6c1844391d9f97ed1fbf2a';

test('the signature equals that of openssl over the escaped Arabic text', () => {
  const body = wireJson({ text: 'السلام عليكم / ansari@example.org' });
  expect(signature(body, 'development-app-secret')).toBe(`sha256=${BY_OPENSSL}`);
});
