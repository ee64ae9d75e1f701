import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedObject } from '#app/assistants/openai-cut-json.ts';

const reply = fc.record({
  content: fc.string({ unit: 'grapheme', minLength: 1 }),
  handoff: fc.boolean(),
  handoff_reason: fc.option(fc.string({ unit: 'grapheme' })),
});
/** JSON with each character escaped, as some servers write it. */
const escaped = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('an object that breaks off anywhere gives a beginning of its strings', () => {
  fc.assert(
    fc.property(reply, fc.nat(), fc.boolean(), fc.constantFrom(0, 2), (whole, at, isEscaped, indent) => {
      const plain = JSON.stringify(whole, undefined, indent);
      const json = isEscaped ? escaped(plain) : plain;
      const text = json.slice(0, at % json.length);
      const closed = closedObject(text);
      const begun = text.search(/"content":\s*"/) >= 0;
      if (!begun) return;
      expect(closed).toBeDefined();
      const { content, handoff }: Record<string, unknown> = { ...closed?.value };
      expect(typeof content === 'string' && whole.content.startsWith(content)).toBe(true);
      if (closed?.cutKey !== 'content') expect(content).toBe(whole.content);
      if (handoff !== undefined) expect(handoff).toBe(whole.handoff);
      expect(String(content).isWellFormed()).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each(['', 'text', '[1', '"a', '{"a":1}}', '{"a" "b', 'null', '{"content":"a"} more'])(
  'what is no beginning of an object gives none: %s',
  (text) => {
    expect(closedObject(text)).toBeUndefined();
  },
);

test('takes time in proportion to the length', () => {
  const startedAt = performance.now();
  const blank = ' '.repeat(200_000);
  for (const text of [
    `{"content":"a","b${blank}\\`,
    `{"content":"a"${blank},"b":${blank}x`,
    '\\'.repeat(200_000),
  ])
    closedObject(text);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
