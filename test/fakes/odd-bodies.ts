import fc from 'fast-check';

const envelope = fc.record({
  object: fc.constant('whatsapp_business_account'),
  entry: fc.array(fc.jsonValue()),
});
const mutated = fc
  .tuple(envelope, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
  .map(([value, flips]) => {
    const bytes = Buffer.from(JSON.stringify(value));
    for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
    return bytes;
  });
/** Bodies of signed deliveries: JSON of any shape, damaged JSON, bytes, and bodies that are hostile to a parser. */
export const oddBody: fc.Arbitrary<Buffer> = fc.oneof(
  mutated,
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `${'{"entry":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
      '{"__proto__": {"polluted": true}, "entry": [{"__proto__": {"polluted": true}}]}',
      '{"constructor": {"prototype": {"polluted": true}}, "entry": []}',
      '{"entry": [], "entry": [1]}',
      `{"entry": [1e999, -0, ${'9'.repeat(400)}]}`,
      '{"entry": ["\\ud800"]}',
      '\ufeff{"entry": []}',
    )
    .map((text) => Buffer.from(text)),
);
