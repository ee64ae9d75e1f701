import { describe, expect, it } from 'vitest';
import { checkDocuments } from '#infra/cli/doctor/business-documents.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');
const sealed = (keyId: string) => `v1.${keyId}.aXYtb2YtYS10ZXN0.dGFnLW9mLWEtdGVzdA.Y2lwaGVydGV4dA`;
const business = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  _id: id,
  whatsappPhoneNumberIds: [`10${id}`],
  whatsappEnabled: true,
  isActive: true,
  whatsappAccessToken: sealed('k1'),
  ...more,
});
const survey = (
  documents: readonly unknown[],
  expected: Partial<Parameters<typeof checkDocuments>[1]> = {},
) =>
  checkDocuments(documents, {
    stack: 'staging',
    keyIds: ['k1', 'k0'],
    ownNumber: undefined,
    isUsed: true,
    now: NOW,
    ...expected,
  });
const outcomes = async (...args: Parameters<typeof survey>) =>
  (await survey(...args)).map(({ name, outcome, message }) => `${name} ${outcome}: ${message}`);

describe('the documents of businesses', () => {
  it('are good when their numbers are answered', async () => {
    const disabled = business('3', { isActive: false, whatsappAccessToken: 'a token in the clear' });
    expect(
      await outcomes([business('1'), business('2', { whatsappAccessToken: sealed('k0') }), disabled]),
    ).toEqual([
      'businesses good: 2 active of 3',
      expect.stringMatching(
        /^business tokens good: encrypted under k1, k0; .* check-tokens --stack staging$/,
      ),
    ]);
  });

  it('are none: an error once they are looked up, a warning before', async () => {
    expect((await survey([]))[0]).toMatchObject({
      outcome: 'bad',
      message: '0 active of 0: nobody is answered',
    });
    const [before] = await survey([business('1', { whatsappEnabled: false })], { isUsed: false });
    expect(before).toMatchObject({ outcome: 'warning', message: expect.stringContaining('0 active of 1') });
    expect(before?.fix).toContain('npm run businesses -- add --from-environment');
  });

  it('that have one number together are named, without the number', async () => {
    const shared = { whatsappPhoneNumberIds: ['104711', '4712'] };
    const findings = await survey([business('a', shared), business('b', shared), business('c')]);
    const conflict = findings.filter(({ name }) => name === 'conflict');
    expect(conflict).toEqual([
      expect.objectContaining({ outcome: 'bad', message: 'a and b have the same number' }),
    ]);
    expect(conflict[0]?.fix).toBe('npm run businesses -- disable <one of them> --stack staging');
    expect(JSON.stringify(findings)).not.toContain('4711');
    const inactive = business('b', { ...shared, isActive: false });
    expect((await outcomes([business('a', shared), inactive])).join()).not.toContain('conflict');
    const twice = business('a', { whatsappPhoneNumberIds: ['1', '1'] });
    expect((await outcomes([twice])).join()).not.toContain('conflict');
  });

  it('that continue a number of the environment both are named', async () => {
    const continuing = (id: string) => business(id, { whatsappService: { continuesNumber: `10${id}` } });
    expect(await outcomes([continuing('a'), continuing('b')])).toContain(
      'conflict bad: a, b continue a number of the environment, and only one can',
    );
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no token', { whatsappAccessToken: undefined }, 'a have no token', 'set <business> --token-file'],
    ['an empty token', { whatsappAccessToken: '' }, 'a have no token', 'set <business> --token-file'],
    [
      'a token in the clear',
      { whatsappAccessToken: 'EAAhush' },
      'a have secrets that are not encrypted',
      'import',
    ],
    ['the older hex form', { whatsappAccessToken: 'ab12'.repeat(40) }, 'not encrypted in the form', 'import'],
    ['another key', { whatsappAccessToken: sealed('k9') }, 'under the key k9, which', 'ENCRYPTION_SECRET'],
    [
      'another key of an app secret',
      { whatsappService: { appSecrets: [sealed('k8')] } },
      'key k8',
      'Put the key back',
    ],
    [
      'another key of its assistant',
      { whatsappService: { assistant: { kind: 'openai', apiKey: sealed('k7') } } },
      'key k7',
      'Put the key back',
    ],
    [
      'an expired token',
      { whatsappTokenExpiresAt: new Date(NOW - 1) },
      'a token that has expired',
      'set <business>',
    ],
  ])('with %s are bad', async (_, change, message, fix) => {
    const finding = (await survey([business('a', change), business('b')])).find(
      ({ outcome }) => outcome === 'bad',
    );
    expect(finding).toMatchObject({ name: 'business tokens', message: expect.stringContaining(message) });
    expect(finding?.fix).toContain(fix);
    expect(JSON.stringify(finding)).not.toContain('hush');
    expect(finding?.message).not.toMatch(/\bb\b/);
  });

  it('whose token expires within two weeks are to be looked at', async () => {
    const in13 = business('a', { whatsappTokenExpiresAt: new Date(NOW + 13 * 86_400_000) });
    const in15 = business('b', { whatsappTokenExpiresAt: new Date(NOW + 15 * 86_400_000) });
    expect((await outcomes([in13, in15])).slice(1)).toEqual([
      'business tokens warning: a have a token that expires within 14 days',
    ]);
  });

  it('are five by name, and the others by count', async () => {
    const many = Array.from({ length: 8 }, (_, n) => business(`n${n}`, { whatsappAccessToken: undefined }));
    expect((await outcomes(many))[1]).toBe(
      'business tokens bad: n0, n1, n2, n3, n4 and 3 more have no token',
    );
  });

  it('tell whether the number of the environment is among them, and goes on', async () => {
    const own = { ownNumber: '42' };
    const one = (more = {}) => business('a', { whatsappPhoneNumberIds: ['42'], ...more });
    const last = async (document: unknown) => (await survey([document], own)).at(-1);
    expect(await last(business('b'))).toMatchObject({ name: 'own number', outcome: 'warning' });
    expect(await last(one())).toMatchObject({
      outcome: 'warning',
      fix: expect.stringContaining('disable a'),
    });
    expect(await last(one({ whatsappService: { continuesNumber: '42' } }))).toMatchObject({
      outcome: 'good',
    });
  });

  it.each([null, 7, 'text', [], {}, { _id: 1, isActive: 'yes' }])(
    'are counted whatever they hold: %j',
    async (raw) => {
      expect((await survey([raw, business('a')]))[0]?.message).toBe('1 active of 2');
    },
  );

  it('with fields of any kind throw nothing', async () => {
    const strange = business('a', {
      whatsappPhoneNumberIds: [7, null, '42'],
      whatsappTokenExpiresAt: 'soon',
      whatsappService: { appSecrets: 'x', assistant: 7, continuesNumber: [] },
    });
    expect((await outcomes([strange]))[0]).toBe('businesses good: 1 active of 1');
  });
});
