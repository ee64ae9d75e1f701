import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryOf } from '#app/channels/meta/country.ts';
import { parseDelivery } from '#app/channels/meta/parse.ts';

const SENT_AT = 1_760_000_000;
const PMP = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' };

function read(pricing: unknown, recipient?: unknown) {
  const status = {
    ...{ id: 'wamid.1', status: 'delivered', timestamp: String(SENT_AT) },
    ...{ recipient_id: recipient, pricing },
  };
  const value = { metadata: { phone_number_id: '1' }, statuses: [status] };
  const body = { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] };
  const { statuses = [], notices } = parseDelivery(body, SENT_AT * 1000) ?? {};
  return { pricing: statuses[0]?.pricing, notices, statuses };
}

describe('the price in a status', () => {
  it.each([
    ['regular', true],
    ['free_customer_service', false],
    ['free_entry_point', false],
  ])('without `billable`: %s', (type, billable) => {
    const { billable: _, ...rest } = PMP;
    expect(read({ ...rest, type }).pricing).toMatchObject({ billable });
  });

  it('is named as the other sources of Meta name it, with a hyphen too', () => {
    const { pricing, notices } = read({ ...PMP, category: 'authentication-international' });
    expect(pricing).toMatchObject({ category: 'authentication_international' });
    expect(notices).toEqual([]);
  });

  it.each([
    ['no object', 'free'],
    ['neither billable nor a known type', { pricing_model: 'PMP', category: 'service', type: 'new' }],
    ['no category', { ...PMP, category: undefined }],
    ['a category that is a sentence', { ...PMP, category: 'call me at 15550001111' }],
    ['a category that is too long', { ...PMP, category: 'a'.repeat(41) }],
  ])('that cannot be read is a notice, and the status counts: %s', (_, pricing) => {
    const { statuses, notices } = read(pricing, '33639980011');
    expect(notices).toEqual([{ what: 'malformed_pricing' }]);
    expect(statuses).toEqual([expect.not.objectContaining({ pricing: expect.anything() })]);
  });

  it.each([undefined, null])('is absent in most statuses: %s', (pricing) => {
    expect(read(pricing)).toMatchObject({ pricing: undefined, notices: [] });
  });

  it('never holds the number, and never makes a delivery unreadable', () => {
    const odd = fc.anything({ withNullPrototype: true });
    const part = fc.record({ billable: odd, pricing_model: odd, type: odd, category: odd });
    const categories = fc.constantFrom('service', 'utility').map((category) => ({ ...PMP, category }));
    fc.assert(
      fc.property(
        fc.oneof(odd, part, categories),
        fc.constantFrom('33639980011', 33639980011, ''),
        (pricing, to) => {
          const { statuses } = read(pricing, to);
          expect(statuses).toHaveLength(1);
          expect(JSON.stringify(statuses)).not.toContain('33639980011');
        },
      ),
    );
  });
});

describe('the country of a number', () => {
  it.each([
    ['33639980011', 'FR'],
    ['923001234567', 'PK'],
    // One calling code, several countries.
    ['12025550123', 'US'],
    ['14165550123', 'CA'],
    ['79161234567', 'RU'],
    ['77012345678', 'KZ'],
    // As WhatsApp writes them, which the countries themselves no longer do.
    ['5215512345678', 'MX'],
    ['5491123456789', 'AR'],
    // No such number yet, but no other country has the code.
    ['92999999999999', 'PK'],
  ])('%s: %s', (number, country) => {
    expect(countryOf(number)).toBe(country);
  });

  it.each([
    ['no number', undefined],
    ['an empty one', ''],
    ['a user id', 'US.13491208655302741918'],
    ['a group', 'Y2FwaV9ncm91cDox'],
    ['an area of no country', '15550001111'],
    ['a satellite phone', '8835100123456'],
    ['a code of nobody', '99912345678'],
    ['too long', '9230012345678901'],
  ])('is unknown for %s', (_, number) => {
    expect(countryOf(number)).toBe('XX');
  });

  it('is two letters for any digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,16}$/), (digits) => {
        expect(countryOf(digits)).toMatch(/^[A-Z]{2}$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
