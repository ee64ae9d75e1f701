import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOfPlain, fingerprintOfSecret, revisionOf } from '#infra/fingerprint.ts';

describe.each([
  ['a secret', fingerprintOfSecret],
  ['a plain value', fingerprintOfPlain],
])('the fingerprint of %s', (_, fingerprint) => {
  it('depends on the value and on the salt', () => {
    expect(fingerprint('value', '/a')).toBe(fingerprint('value', '/a'));
    expect(fingerprint('value', '/a')).not.toBe(fingerprint('Value', '/a'));
    expect(fingerprint('value', '/a')).not.toBe(fingerprint('value', '/b'));
  });

  it('is a valid version number', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const version = fingerprint(value, '/a');
        expect(Number.isInteger(version) && version >= 1 && version <= 0x7fff_ffff).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('a revision', () => {
  it('depends on every fingerprint, and not on their order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.nat(), { minKeys: 1 }), fc.nat(), (prints, more) => {
        const entries = Object.entries(prints);
        const [first] = entries;
        expect(revisionOf(Object.fromEntries(entries.reverse()))).toBe(revisionOf(prints));
        if (first === undefined) return;
        expect(revisionOf({ ...prints, [first[0]]: first[1] + more + 1 })).not.toBe(revisionOf(prints));
      }),
    );
  });
});
