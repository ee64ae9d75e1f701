import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberIdsIn } from '#app/channels/meta/number-ids.ts';
import { parseDelivery } from '#app/channels/meta/parse.ts';
import { escapeNonAscii } from '#app/channels/meta/signature.ts';

const FIXTURES = 'test/fixtures/meta';
const idsIn = (json: string | Buffer, max = 16) => numberIdsIn(Buffer.from(json), max);

/** The strings of digits under the key, as a JSON parser finds them. */
function parsedIds(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'phone_number_id' && typeof inner === 'string' && /^\d{1,32}$/.test(inner)
      ? [inner]
      : parsedIds(inner),
  );
}

/** Writes JSON with white space of any kind wherever it may stand. */
function spaced(value: unknown, space: () => string): string {
  const around = (text: string) => space() + text + space();
  if (Array.isArray(value)) return around(`[${value.map((one) => spaced(one, space)).join(',')}]`);
  if (typeof value !== 'object' || value === null) return around(JSON.stringify(value));
  const entries = Object.entries(value).map(
    ([key, inner]) => `${around(JSON.stringify(key))}:${spaced(inner, space)}`,
  );
  return around(`{${entries.join(',')}}`);
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    '"phone_number_id": "999"',
    '\\"phone_number_id\\":\\"999\\"',
    '"phone_number_id',
    'phone_number_id":"999',
    'أحكام الزكاة',
  ),
);
const numberId = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 33n }).map(String), anyText, fc.nat());
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    anyText,
    fc.nat(),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(anyText, tie('tree'), { maxKeys: 3 }),
    fc.record({ phone_number_id: numberId }),
    fc.record({ metadata: fc.record({ phone_number_id: numberId }), messages: tie('tree') }),
  ),
}));
const spaces = fc.infiniteStream(fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n'));

describe('numberIdsIn', () => {
  it('finds what a JSON parser finds, in any spacing, and nothing that a person wrote', () => {
    fc.assert(
      fc.property(tree, spaces, fc.boolean(), (value, space, escaped) => {
        const json = Buffer.from(spaced(value, () => space.next().value ?? ''));
        const expected = [...new Set(parsedIds(JSON.parse(json.toString())))];
        expect(numberIdsIn(escaped ? escapeNonAscii(json) : json, 1_000)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('finds every number for which the parser finds something in a delivery', () => {
    const files = readdirSync(FIXTURES).filter(
      (name) => name.endsWith('.json') && name !== 'signatures.json',
    );
    const found = files.map((name) => {
      const bytes = readFileSync(join(FIXTURES, name));
      const delivery = parseDelivery(JSON.parse(bytes.toString()), 1_790_000_000_000);
      const numbers = [...(delivery?.messages ?? []), ...(delivery?.statuses ?? [])].map((one) => one.number);
      expect(numberIdsIn(bytes, 16), name).toEqual(expect.arrayContaining(numbers));
      return numbers.length;
    });
    expect(found.filter((count) => count > 0).length).toBeGreaterThan(50);
  });

  it.each([
    ['{"phone_number_id":"1","x":{"phone_number_id" : "22"},"phone_number_id":"1"}', ['1', '22']],
    ['"phone_number_id":"12345678901234567890123456789012"', ['12345678901234567890123456789012']],
    ['"phone_number_id":"123456789012345678901234567890123"', []],
    ['"phone_number_id":""', []],
    ['"phone_number_id":"12', []],
    ['"phone_number_id":', []],
    ['"phone_number_id"', []],
    ['"phone_number_id":"1a"', []],
    ['"phone_number_id":12', []],
    ['"phone_number_id"\u00a0:"12"', []],
    ['"phone_number_id":["12"]', []],
    ['"Phone_Number_Id":"12"', []],
    ['{"phone_number_id":"phone_number_id","phone_number_id":"7"}', ['7']],
    ['', []],
  ])('reads %j', (json, expected) => {
    expect(idsIn(json)).toEqual(expected);
  });

  it('reads the first 2,000 keys, with up to 100 characters of white space', () => {
    const keys = (count: number) => '"phone_number_id":"1",'.repeat(count);
    expect(idsIn(`${keys(1_999)}"phone_number_id":"2"`)).toEqual(['1', '2']);
    expect(idsIn(`${keys(2_000)}"phone_number_id":"2"`)).toEqual(['1']);
    const spaced = (count: number) => `"phone_number_id"${' '.repeat(count)}:${'\n'.repeat(count)}"1"`;
    expect([idsIn(spaced(100)), idsIn(spaced(101))]).toEqual([['1'], []]);
  });

  it('reads at most so many distinct ones of thousands, the first ones', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `{"phone_number_id":"${index >> 1}"}`);
    expect(idsIn(`[${many.join(',')}]`)).toEqual(Array.from({ length: 16 }, (_, index) => String(index)));
  });

  it.each([
    ['keys', (bytes: number) => '"phone_number_id"'.repeat(bytes / 17)],
    ['keys with white space', (bytes: number) => `"phone_number_id"${' '.repeat(983)}`.repeat(bytes / 1_000)],
    ['white space', (bytes: number) => `"phone_number_id"${' '.repeat(bytes - 17)}`],
    ['digits', (bytes: number) => `"phone_number_id":"${'1'.repeat(bytes - 19)}`],
    ['beginnings', (bytes: number) => '"phone_number_i'.repeat(bytes / 15)],
    ['one number', (bytes: number) => '"phone_number_id":"1",'.repeat(bytes / 22)],
  ])('reads few bytes of 4 MiB one by one: %s', (_, body) => {
    const counted = countingReads(Buffer.from(body(4 * 1024 * 1024)));
    expect(numberIdsIn(counted.buffer, 16).length).toBeLessThan(2);
    expect(counted.reads()).toBeLessThan(300_000);
  });
});

/** A buffer that counts the bytes that are read one by one; searching for the key is Node's own, and linear. */
function countingReads(bytes: Buffer): { readonly buffer: Buffer; reads(): number } {
  let reads = 0;
  const buffer = new Proxy(bytes, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { buffer, reads: () => reads };
}
