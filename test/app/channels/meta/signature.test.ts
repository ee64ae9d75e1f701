import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { escapeNonAscii, sign, verifySignature } from '#app/channels/meta/signature.ts';

const { vectors } = z
  .object({
    vectors: z.array(
      z.object({ name: z.string(), secret: z.string(), body: z.string(), signature: z.string() }),
    ),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/meta/signatures.json', 'utf8')));

const secret = 'development-app-secret';
const body = Buffer.from('{"object":"whatsapp_business_account"}');
const signature = sign(body, secret);
const digits = signature.slice('sha256='.length);

function vector(name: string) {
  const found = vectors.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no vector ${name}`);
  return found;
}

describe('verifySignature', () => {
  it.each(vectors)('accepts the signature of another tool: $name', ({ secret, body, signature }) => {
    const rawBody = Buffer.from(body);
    expect(verifySignature(rawBody, signature, [secret])).toEqual({ ok: true, escaped: false });
    expect(sign(rawBody, secret)).toBe(signature);
  });

  it.each(['arabic', 'emoji'])(
    'accepts a raw %s body signed in its escaped form, and reports that',
    (text) => {
      const raw = vector(`${text}-raw`);
      const escaped = vector(`${text}-escaped`);
      const check = verifySignature(Buffer.from(raw.body), escaped.signature, [raw.secret]);
      expect(check).toEqual({ ok: true, escaped: true });
    },
  );

  it.each([
    [256 * 1024, true],
    [256 * 1024 + 1, false],
  ])('tries the escaped form of %d bytes: %s', (length, ok) => {
    const raw = Buffer.alloc(length, 'x');
    raw.write('é');
    expect(verifySignature(raw, sign(escapeNonAscii(raw), secret), [secret])).toMatchObject({ ok });
    expect(verifySignature(raw, sign(raw, secret), [secret])).toEqual({ ok: true, escaped: false });
  });

  it('does not accept an escaped body signed in its raw form', () => {
    const check = verifySignature(
      Buffer.from(vector('arabic-escaped').body),
      vector('arabic-raw').signature,
      [secret],
    );
    expect(check).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('does not accept a body that was parsed and serialised again', () => {
    const { body, signature } = vector('slash-and-at');
    const again = Buffer.from(JSON.stringify(JSON.parse(body)));
    expect(verifySignature(again, signature, [secret])).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('tries every secret of the list', () => {
    expect(verifySignature(body, signature, ['next', secret, 'former'])).toMatchObject({ ok: true });
    expect(verifySignature(body, signature, ['next', 'former'])).toEqual({ ok: false, reason: 'mismatch' });
  });

  it.each([[[]], [['']]])('refuses everything without a secret: %j', (secrets) => {
    expect(verifySignature(body, sign(body, ''), secrets)).toEqual({ ok: false, reason: 'no_secret' });
  });

  it('reads hex digits of either case and one header in a list', () => {
    expect(verifySignature(body, `sha256=${digits.toUpperCase()}`, [secret])).toMatchObject({ ok: true });
    expect(verifySignature(body, [signature], [secret])).toMatchObject({ ok: true });
  });

  it.each<[string, string | string[] | undefined, string]>([
    ['no header', undefined, 'missing'],
    ['an empty header', '', 'missing'],
    ['an empty list', [], 'missing'],
    ['SHA-1', `sha1=${digits.slice(0, 40)}`, 'malformed'],
    ['digits of SHA-256 under the name of SHA-1', `sha1=${digits}`, 'malformed'],
    ['a prefix in capitals', `SHA256=${digits}`, 'malformed'],
    ['no prefix', digits, 'malformed'],
    ['63 digits', signature.slice(0, -1), 'malformed'],
    ['65 digits', `${signature}0`, 'malformed'],
    ['letters that are not hex', `sha256=${'g'.repeat(64)}`, 'malformed'],
    ['a space before', ` ${signature}`, 'malformed'],
    ['a line after', `${signature}\n`, 'malformed'],
    ['two headers', [signature, signature], 'malformed'],
    ['two headers as Node joins them', `${signature}, ${signature}`, 'malformed'],
    ['another body', sign(Buffer.from('{}'), secret), 'mismatch'],
    ['another secret', sign(body, 'other'), 'mismatch'],
  ])('refuses %s', (_, header, reason) => {
    expect(verifySignature(body, header, [secret])).toEqual({ ok: false, reason });
  });

  it('never throws, and accepts nothing but the signature', () => {
    const header = fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined));
    fc.assert(
      fc.property(fc.uint8Array(), header, (bytes, header) => {
        expect(verifySignature(Buffer.from(bytes), header, [secret]).ok).toBe(false);
      }),
    );
  });

  it('refuses a body with any one bit changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const rawBody = Buffer.from(bytes);
        const signature = sign(rawBody, secret);
        expect(verifySignature(rawBody, signature, [secret])).toEqual({ ok: true, escaped: false });
        const index = at % rawBody.length;
        rawBody.writeUInt8(rawBody.readUInt8(index) ^ (1 << bit), index);
        expect(verifySignature(rawBody, signature, [secret])).toEqual({ ok: false, reason: 'mismatch' });
      }),
    );
  });
});

describe('escapeNonAscii', () => {
  it('escapes everything but ASCII without DEL, in lower-case hex', () => {
    const escaped = escapeNonAscii(Buffer.from('~\u007f\u0080\u00ffé\ud83e\udd32"/')).toString('latin1');
    expect(escaped).toBe('~\\u007f\\u0080\\u00ff\\u00e9\\ud83e\\udd32"/');
  });

  it('returns ASCII that a JSON parser reads as the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = JSON.stringify(text.toWellFormed());
        const escaped = escapeNonAscii(Buffer.from(json)).toString('latin1');
        expect(escaped).toMatch(/^[\0-~]*$/);
        expect(JSON.parse(escaped)).toBe(JSON.parse(json));
      }),
    );
  });
});
