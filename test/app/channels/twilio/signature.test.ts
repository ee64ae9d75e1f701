import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '#app/channels/twilio/signature.ts';
import { AUTH_TOKEN, inbound, PUBLIC_URL } from '../../../fakes/twilio.ts';

const URL_OF_DELIVERY = `${PUBLIC_URL}/whatsapp/twilio`;

const encoded = (fields: Readonly<Record<string, string | readonly string[]>>) =>
  Buffer.from(
    new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    ).toString(),
  );

interface Request {
  readonly url?: string;
  /** The address that Twilio signs. */
  readonly signed?: string;
  readonly tokens?: readonly string[];
  /** The auth token that Twilio signs with. */
  readonly by?: string;
}

function verify(fields: Readonly<Record<string, string | string[]>>, request: Request = {}) {
  const { url = URL_OF_DELIVERY, tokens = [AUTH_TOKEN], by = AUTH_TOKEN } = request;
  const header = twilio.getExpectedTwilioSignature(by, request.signed ?? url, { ...fields });
  return verifySignature({ url, body: encoded(fields), header }, tokens);
}

describe('verifySignature', () => {
  it('accepts the vector that Twilio publishes ("Webhooks security")', () => {
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const header = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
    expect(twilio.validateRequest('12345', header, url, fields)).toBe(true);
    expect(verifySignature({ url, body: encoded(fields), header }, ['12345'])).toEqual({ ok: true });
    for (const [name, changed] of [
      ['Digits', '1235'],
      ['Body', ''],
    ] as const) {
      const body = encoded({ ...fields, [name]: changed || 'x' });
      expect(verifySignature({ url, body, header }, ['12345'])).toEqual({ ok: false, reason: 'mismatch' });
    }
  });

  it('accepts what Twilio signs: blank, unknown, Arabic and repeated fields', () => {
    expect(verify(inbound())).toEqual({ ok: true });
    expect(verify(inbound({ Body: '', Latitude: '', FieldOfTomorrow: 'x' }))).toEqual({ ok: true });
    expect(verify(inbound({ Body: 'ما هي الزكاة؟ + & = %20 \r\n 🕌' }))).toEqual({ ok: true });
    expect(verify({ ...inbound(), Repeated: ['b', 'a', 'b', ''] })).toEqual({ ok: true });
  });

  it('agrees with validateRequest about any form', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (fields) => {
        const header = twilio.getExpectedTwilioSignature(AUTH_TOKEN, URL_OF_DELIVERY, fields);
        expect(twilio.validateRequest(AUTH_TOKEN, header, URL_OF_DELIVERY, fields)).toBe(true);
        expect(
          verifySignature({ url: URL_OF_DELIVERY, body: encoded(fields), header }, [AUTH_TOKEN]).ok,
        ).toBe(true);
      }),
    );
  });

  it.each([
    ['https://a.example/x', 'https://a.example:443/x'],
    ['https://a.example:443/x', 'https://a.example/x'],
    ['https://a.example:8443/x', 'https://a.example/x'],
    ['https://a.example:8443/x', 'https://a.example:8443/x'],
    ['http://a.example/x?part=1:2', 'http://a.example:80/x?part=1:2'],
    ['http://[::1]:8001/x', 'http://[::1]/x'],
    ['http://[::1]/x', 'http://[::1]:80/x'],
  ])('accepts the address %s, signed as %s', (url, signed) => {
    const fields = inbound();
    const header = twilio.getExpectedTwilioSignature(AUTH_TOKEN, signed, fields);
    expect(twilio.validateRequest(AUTH_TOKEN, header, url, fields)).toBe(true);
    expect(verify(fields, { url, signed })).toEqual({ ok: true });
  });

  it.each([
    ['https://a.example/x', 'https://a.example:8443/x'],
    ['https://a.example/x', 'http://a.example/x'],
    ['https://a.example/x', 'https://a.example/x?part=1'],
    ['https://a.example/x?part=1', 'https://a.example/x?part=2'],
    ['https://a.example/x', 'https://b.example/x'],
  ])('rejects the address %s, signed as %s', (url, signed) => {
    expect(verify(inbound(), { url, signed })).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('accepts each of several auth tokens, and fails closed without one', () => {
    for (const by of ['new-token', 'old-token'])
      expect(verify(inbound(), { tokens: ['new-token', 'old-token'], by })).toEqual({ ok: true });
    expect(verify(inbound(), { tokens: ['new-token'], by: 'old-token' }).ok).toBe(false);
    expect(verify(inbound(), { tokens: [''], by: '' })).toEqual({ ok: false, reason: 'no_secret' });
    expect(verify(inbound(), { tokens: [], by: '' })).toEqual({ ok: false, reason: 'no_secret' });
  });

  it.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['x', 'malformed'],
    [`sha1=${'A'.repeat(27)}=`, 'malformed'],
    [`${'A'.repeat(27)}=, ${'A'.repeat(27)}=`, 'malformed'],
    [[`${'A'.repeat(27)}=`, `${'A'.repeat(27)}=`], 'malformed'],
    [`${'A'.repeat(27)}=`, 'mismatch'],
  ])('rejects the header %j: %s', (header, reason) => {
    expect(verifySignature({ url: URL_OF_DELIVERY, body: encoded(inbound()), header }, [AUTH_TOKEN])).toEqual(
      {
        ok: false,
        reason,
      },
    );
  });

  it('rejects thousands of fields before it sorts them', () => {
    const body = Buffer.from(`a=1${'&'.repeat(1024 * 1024 - 3)}`);
    const header = `${'A'.repeat(27)}=`;
    const startedAt = performance.now();
    expect(verifySignature({ url: URL_OF_DELIVERY, body, header }, [AUTH_TOKEN])).toEqual({
      ok: false,
      reason: 'too_many_fields',
    });
    expect(performance.now() - startedAt).toBeLessThan(100);
  });

  it.each(['{"Body":"x"}', '', '?', '%', '%ff=%fe', '\u0000'])('never throws: %j', (text) => {
    const header = `${'A'.repeat(27)}=`;
    const request = { url: URL_OF_DELIVERY, body: Buffer.from(text, 'latin1'), header };
    expect(verifySignature(request, [AUTH_TOKEN])).toEqual({ ok: false, reason: 'mismatch' });
  });
});
