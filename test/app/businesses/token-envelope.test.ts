import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenKeys, EnvelopeError, keyIdOf } from '#app/businesses/token-envelope.ts';
import vectors from '../../fixtures/businesses/envelopes.json' with { type: 'json' };

const BUSINESS = '65f0c0ffee65f0c0ffee0001';
const K1 = { id: 'k1', key: randomBytes(32) };
const K2 = { id: 'k2', key: randomBytes(32) };
const keys = createTokenKeys([K1]);

function reasonOf(open: () => string): string {
  try {
    return `opened: ${open()}`;
  } catch (error) {
    return error instanceof EnvelopeError ? error.reason : String(error);
  }
}

describe('an envelope', () => {
  it.each(vectors.envelopes)(
    'of Python opens: $keyId, $business',
    ({ keyId, key, business, token, envelope }) => {
      const theirs = createTokenKeys([
        K1,
        { id: keyId === 'k1' ? 'other' : keyId, key: Buffer.from(key, 'base64') },
      ]);
      const own = createTokenKeys([{ id: keyId, key: Buffer.from(key, 'base64') }]);
      expect(own.open(business, envelope)).toBe(token);
      expect(own.keyIdOf(envelope)).toBe(keyId);
      // The id k1 of another key does not open it.
      expect(reasonOf(() => theirs.open(business, envelope))).toBe(
        keyId === 'k1' ? 'corrupt' : `opened: ${token}`,
      );
    },
  );

  it('opens to what was sealed, and is never the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string(), (token, business) => {
        const sealed = keys.seal(business, token);
        expect(keys.open(business, sealed)).toBe(token.toWellFormed());
        expect(keys.seal(business, token)).not.toBe(sealed);
        expect(sealed).not.toContain(token.length > 8 ? token : 'never in base64url: ~');
      }),
    );
  });

  it('does not open for another business', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(one.toWellFormed() !== other.toWellFormed());
        expect(reasonOf(() => keys.open(other, keys.seal(one, 'a token')))).toBe('corrupt');
      }),
    );
  });

  it('does not open once a bit of it was changed', () => {
    const sealed = Buffer.from(keys.seal(BUSINESS, 'a token of some length'));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(['malformed', 'unknown-key', 'corrupt']).toContain(
        reasonOf(() => keys.open(BUSINESS, changed.toString('latin1'))),
      );
    }
  });

  it('has one form: unused bits of the last letter are zero', () => {
    const [head = '', tag = '', ciphertext = ''] =
      /^(.*)\.(.*)\.(.*)$/.exec(keys.seal(BUSINESS, 'a'))?.slice(1) ?? [];
    const next = (text: string) =>
      text.slice(0, -1) + String.fromCharCode((text.at(-1) ?? '').charCodeAt(0) + 1);
    expect(reasonOf(() => keys.open(BUSINESS, [head, next(tag), ciphertext].join('.')))).toBe('malformed');
    expect(reasonOf(() => keys.open(BUSINESS, [head, tag, next(ciphertext)].join('.')))).toBe('malformed');
  });

  it('is opened by every key, and sealed by the first one', () => {
    const old = keys.seal(BUSINESS, 'a token');
    const both = createTokenKeys([K2, K1]);
    expect([both.open(BUSINESS, old), both.sealingKeyId]).toEqual(['a token', 'k2']);
    const renewed = both.seal(BUSINESS, both.open(BUSINESS, old));
    expect([keyIdOf(renewed), reasonOf(() => keys.open(BUSINESS, renewed))]).toEqual(['k2', 'unknown-key']);
  });
});

describe('a value that is no envelope', () => {
  it.each([
    ['a token in the clear', 'EAAinventedA1b2C3d4'],
    ['nothing', ''],
    ['the older format of Node', vectors.node[0]?.stored ?? ''],
    ['another version', keys.seal(BUSINESS, 'x').replace('v1', 'v2')],
    ['another part', `${keys.seal(BUSINESS, 'x')}.AAAA`],
    ['white space', ` ${keys.seal(BUSINESS, 'x')}`],
    ['a line', `${keys.seal(BUSINESS, 'x')}\n`],
    [
      'a short tag',
      keys.seal(BUSINESS, 'x').replace(/\.[^.]{22}\./, '.AAAAAAAAAAAAAAAAAAAAAA'.slice(0, 17).concat('.')),
    ],
    ['padding', `${keys.seal(BUSINESS, 'x')}=`],
  ])('is refused, and not repeated: %s', (_, value) => {
    expect(reasonOf(() => keys.open(BUSINESS, value))).toBe('malformed');
    expect(keys.keyIdOf(value)).toBeUndefined();
    try {
      keys.open(BUSINESS, value);
    } catch (error) {
      if (value !== '') expect(String(error)).not.toContain(value);
    }
  });

  it('is any text', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(reasonOf(() => keys.open(BUSINESS, value))).toBe('malformed');
      }),
    );
  });
});

describe('keys', () => {
  it.each([
    ['none', []],
    ['a short one', [{ id: 'k1', key: randomBytes(16) }]],
    ['an id that an envelope cannot hold', [{ id: 'k.1', key: randomBytes(32) }]],
    ['two of one id', [K1, { id: 'k1', key: randomBytes(32) }]],
  ])('are refused: %s', (_, wrong) => {
    expect(() => createTokenKeys(wrong)).toThrow(RangeError);
  });

  it('seal no empty token', () => {
    expect(() => keys.seal(BUSINESS, '')).toThrow(RangeError);
  });

  it('open what WebCrypto sealed, and the other way round', async () => {
    const key = await crypto.subtle.importKey('raw', K1.key, 'AES-GCM', false, ['encrypt', 'decrypt']);
    const iv = randomBytes(12);
    const additionalData = Buffer.from(BUSINESS);
    const sealed = Buffer.from(
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, Buffer.from('a token')),
    );
    const parts = [iv, sealed.subarray(-16), sealed.subarray(0, -16)].map((bytes) =>
      bytes.toString('base64url'),
    );
    expect(keys.open(BUSINESS, `v1.k1.${parts.join('.')}`)).toBe('a token');

    const [, , own = '', tag = '', ciphertext = ''] = keys.seal(BUSINESS, 'another').split('.');
    const bytes = Buffer.concat([Buffer.from(ciphertext, 'base64url'), Buffer.from(tag, 'base64url')]);
    const parameters = { name: 'AES-GCM', iv: Buffer.from(own, 'base64url'), additionalData };
    expect(Buffer.from(await crypto.subtle.decrypt(parameters, key, bytes)).toString()).toBe('another');
  });

  it('accept no tag that is shorter than 16 bytes', () => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', K1.key, iv, { authTagLength: 12 }).setAAD(
      Buffer.from(BUSINESS),
    );
    const ciphertext = Buffer.concat([cipher.update('a token'), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), ciphertext].map((bytes) => bytes.toString('base64url'));
    expect(reasonOf(() => keys.open(BUSINESS, `v1.k1.${parts.join('.')}`))).toBe('malformed');
  });
});
