import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fernetOpener, nodeOpener, type Opener, plaintextOpener } from '#scripts/businesses/older-formats.ts';
import vectors from '../../fixtures/businesses/envelopes.json' with { type: 'json' };

const [hex, base64, oldSalt, ownSalt] = vectors.node;
const [fernet] = vectors.fernet;
if (!hex || !base64 || !oldSalt || !ownSalt || !fernet) throw new Error('a vector is missing');
const opensNode = nodeOpener(hex.key, undefined);
const opensFernet = fernetOpener(fernet.secret);

describe('a value of the Node program', () => {
  it('has the length that the program wrote: 2 digits for each of 16 + 16 bytes and of the token', () => {
    expect(hex.stored).toMatch(/^[0-9a-f]+$/);
    expect(hex.stored).toHaveLength(2 * (16 + 16 + hex.token.length));
  });

  it.each([
    ['hexadecimal digits', hex],
    ['base64', base64],
    ['a passphrase with the first salt', oldSalt],
    ['a passphrase with its own salt', ownSalt],
  ])('opens: %s', (_, { key, salt, stored, token }) => {
    expect(nodeOpener(key, salt ?? undefined)(stored)).toBe(token);
    // Values from before the salt was a variable lie beside newer ones.
    if (salt === null) expect(nodeOpener(key, 'another salt')(stored)).toBe(token);
  });

  it('does not open with another key or another salt', () => {
    expect(nodeOpener('0'.repeat(64), undefined)(hex.stored)).toBeUndefined();
    expect(nodeOpener(ownSalt.key, undefined)(ownSalt.stored)).toBeUndefined();
    expect(opensFernet(hex.stored)).toBeUndefined();
  });
});

describe('a value of the Python program', () => {
  it('opens', () => {
    expect(opensFernet(fernet.stored)).toBe(fernet.token);
  });

  it('does not open with another secret', () => {
    expect(fernetOpener(`${fernet.secret} `)(fernet.stored)).toBeUndefined();
    expect(opensNode(fernet.stored)).toBeUndefined();
  });
});

describe.each<[string, Opener, string]>([
  ['Node', opensNode, hex.stored],
  ['Python', opensFernet, fernet.stored],
])('the format of %s', (_, open, stored) => {
  it('does not open once a bit was changed', () => {
    const bytes = Buffer.from(stored, 'hex');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(open(changed.toString('hex'))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('does not open when it was cut', () => {
    for (let length = 0; length < stored.length; length += 1) {
      expect(open(stored.slice(0, length))).toBeUndefined();
    }
  });

  it('is not any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef') }), fc.base64String()),
        (value) => {
          expect(open(value)).toBeUndefined();
        },
      ),
    );
  });
});

it.each([
  ['EAAinventedA1b2C3d4A1b2C3d4', true],
  ['EAAshort', false],
  [hex.stored, false],
  ['v1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAA', false],
  ['EAA invented A1b2C3d4A1b2C3d4', false],
])('is a token of Meta in the clear: %s: %s', (value, isToken) => {
  expect(plaintextOpener(value)).toBe(isToken ? value : undefined);
});
