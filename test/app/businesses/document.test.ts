import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { businessAt, PROJECTION, parseBusiness } from '#app/businesses/document.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { en } from '#app/language/phrases/en.ts';

const _id = new ObjectId('65f0c0ffee65f0c0ffee0001');
const ID = _id.toHexString();
const NUMBER = '100000000000001';
const OTHER = '100000000000002';
const keys = createTokenKeys([{ id: 'k1', key: randomBytes(32) }]);
const seal = (secret: string) => keys.seal(ID, secret);

/** A document as other programs write it, with fields that are none of ours. */
const document = (service: object = {}, fields: object = {}) => ({
  ...{
    _id,
    name: 'Café Lima',
    subDomain: 'cafe',
    wabaId: '200000000000002',
    settings: { currency: 'PEN' },
    __v: 3,
  },
  ...{ whatsappPhoneNumberIds: [NUMBER, OTHER], whatsappEnabled: true, isActive: true },
  ...{ whatsappAccessToken: seal('EAAtoken'), whatsappService: service },
  ...fields,
});

/** Parses, or fails the test. */
function stored(service: object = {}, fields: object = {}) {
  const parsed = parseBusiness(document(service, fields));
  if (parsed === undefined) throw new Error('not parsed');
  return parsed;
}

function thrownBy(call: () => unknown): Unavailable {
  try {
    call();
  } catch (error) {
    if (error instanceof Unavailable) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a business', () => {
  it('has its token, and the values of the deployment unless it has its own', () => {
    const parsed = stored();
    expect(parsed).toMatchObject({
      id: ID,
      numbers: [NUMBER, OTHER],
      name: 'Café Lima',
      isServed: true,
      problems: [],
    });
    const business = businessAt(parsed, NUMBER, keys);
    expect(business).toMatchObject({ id: ID, channel: 'meta', number: NUMBER, settings: {} });
    expect([business.accessToken(), business.appSecrets()]).toEqual(['EAAtoken', []]);
    expect(Object.keys(business.settings)).toEqual([]);
  });

  it('has settings of its own', () => {
    const own = {
      appSecrets: [seal('one'), seal('two')],
      assistant: {
        kind: 'openai',
        url: 'https://llm.example/v1/',
        model: 'm',
        instructions: 'Be kind.',
        apiKey: seal('sk'),
      },
      ...{
        language: 'es',
        phrases: { es: { apology: 'Perdón.' }, en: { 'unreadable.image': 'No pictures.' } },
      },
      ...{
        underMaintenance: true,
        aiNotice: false,
        template: 'answer_ready/en_US',
        retentionHours: 1.5,
        questionsPerPersonPerDay: 0,
        concurrency: 2,
        turnsPerMinute: 30,
      },
    };
    const parsed = stored(own);
    expect(parsed.problems).toEqual([]);
    const { settings, appSecrets } = businessAt(parsed, NUMBER, keys);
    expect(appSecrets.call(undefined)).toEqual(['one', 'two']);
    const { assistant, ...others } = settings;
    expect(others).toEqual({
      ...{ language: 'es', phrases: own.phrases, underMaintenance: true, retentionMs: 5_400_000 },
      ...{ aiNotice: false, template: 'answer_ready/en_US' },
      ...{ questionsPerDay: 0, concurrency: 2, turnsPerMinute: 30 },
    });
    expect(assistant).toMatchObject({
      kind: 'openai',
      url: 'https://llm.example/v1',
      model: 'm',
      instructions: 'Be kind.',
    });
    expect(assistant?.kind === 'openai' && assistant.apiKey()).toBe('sk');
  });

  it('knows every phrase', () => {
    expect(stored({ phrases: { en } })).toMatchObject({ problems: [], settings: { phrases: { en } } });
  });

  it('continues the conversations of the number of the environment, with envelopes of its own id', () => {
    const parsed = stored({ continuesNumber: NUMBER });
    expect(parsed.problems).toEqual([]);
    expect([NUMBER, OTHER].map((number) => businessAt(parsed, number, keys).id)).toEqual(['env', ID]);
    expect(businessAt(parsed, NUMBER, keys).accessToken()).toBe('EAAtoken');
  });

  it('has one assistant as long as its settings are the same', () => {
    const apiKey = seal('sk');
    const keyOf = (assistant: object) =>
      businessAt(stored({ assistant }), NUMBER, keys).settings.assistant?.key;
    const one = { kind: 'ansari', url: 'https://a.example', apiKey };
    expect(keyOf({ ...one })).toBe(keyOf({ ...one }));
    expect(keyOf({ ...one, url: 'https://b.example' })).not.toBe(keyOf(one));
    expect(keyOf({ ...one, apiKey: seal('sk') })).not.toBe(keyOf(one));
  });

  it('is what the projection reads', () => {
    const whole = document(
      { continuesNumber: NUMBER, language: 'es' },
      { whatsappTokenExpiresAt: new Date(7) },
    );
    const read = Object.fromEntries(Object.keys(PROJECTION).map((name) => [name, Reflect.get(whole, name)]));
    expect(parseBusiness(read)).toEqual(parseBusiness(whole));
  });

  it('may have a token that has expired: Meta decides', () => {
    const parsed = stored({}, { whatsappTokenExpiresAt: new Date(1000) });
    expect(parsed).toMatchObject({ tokenExpiresAt: 1000, problems: [] });
    expect(businessAt(parsed, NUMBER, keys).accessToken()).toBe('EAAtoken');
    expect(stored({}, { whatsappTokenExpiresAt: '2026-01-01T00:00:00Z' }).tokenExpiresAt).toBe(
      1_767_225_600_000,
    );
  });
});

describe('a document', () => {
  it.each([
    ['a text', 'cafe-lima', 'cafe-lima'],
    ['an ObjectId', _id, ID],
    ['a text with the separator of keys', 'a~b', undefined],
    ['the business of the environment', 'env', undefined],
    ['a number', 7, undefined],
    ['nothing', undefined, undefined],
    ['an object with a method of its own', { toHexString: (): number => 7 }, undefined],
  ])('has an id: %s', (_, id, expected) => {
    expect(parseBusiness(document({}, { _id: id }))?.id).toBe(expected);
  });

  it.each([
    [{}, { whatsappPhoneNumberIds: undefined }, 'whatsappPhoneNumberIds is missing'],
    [{}, { whatsappPhoneNumberIds: [] }, 'whatsappPhoneNumberIds is empty'],
    [{}, { whatsappPhoneNumberIds: [NUMBER, 5] }, 'whatsappPhoneNumberIds.1 must be text of digits only'],
    [{}, { whatsappAccessToken: null }, 'whatsappAccessToken is missing'],
    [{}, { whatsappAccessToken: 5 }, 'whatsappAccessToken must be text of 1 to 8192 characters'],
    [{}, { whatsappTokenExpiresAt: 'soon' }, 'whatsappTokenExpiresAt must be a date'],
    [{}, { whatsappEnabled: 'yes' }, 'whatsappEnabled must be true or false'],
    [{}, { whatsappService: [] }, 'whatsappService must be an object'],
    [{ langauge: 'ar' }, {}, 'whatsappService.langauge is no setting'],
    [
      { language: 'Arabic' },
      {},
      'whatsappService.language must be a language code of two letters, such as ar',
    ],
    [{ retentionHours: '3' }, {}, 'whatsappService.retentionHours must be a number of hours, from 0 to 8760'],
    [{ retentionHours: -1 }, {}, 'whatsappService.retentionHours must be a number of hours, from 0 to 8760'],
    [{ concurrency: 0 }, {}, 'whatsappService.concurrency must be a whole number from 1 to 10000'],
    [{ turnsPerMinute: 1.5 }, {}, 'whatsappService.turnsPerMinute must be a whole number from 1 to 1000000'],
    [
      { questionsPerPersonPerDay: Number.NaN },
      {},
      'whatsappService.questionsPerPersonPerDay must be a whole number from 0 to 1000000',
    ],
    [{ aiNotice: 'no' }, {}, 'whatsappService.aiNotice must be true or false'],
    [
      { template: 'Answer ready' },
      {},
      'whatsappService.template must be <name>/<language> of a template, such as answer_ready/en_US, or the content SID of one of Twilio',
    ],
    [{ underMaintenance: 'no' }, {}, 'whatsappService.underMaintenance must be true or false'],
    [{ phrases: 'hello' }, {}, 'whatsappService.phrases must be an object'],
    [{ phrases: { english: {} } }, {}, 'whatsappService.phrases.english is no language code of two letters'],
    [
      { phrases: { en: { sorry: 'Sorry.' } } },
      {},
      'whatsappService.phrases.en.sorry is no phrase of this service',
    ],
    [
      { phrases: { en: { apology: '' } } },
      {},
      'whatsappService.phrases.en.apology must be text of 1 to 1000 characters',
    ],
    [{ continuesNumber: '7' }, {}, 'whatsappService.continuesNumber is no number of this business'],
    [{ appSecrets: 'one' }, {}, 'whatsappService.appSecrets must be a list of encrypted app secrets'],
    [{ assistant: { kind: 'gpt' } }, {}, 'whatsappService.assistant.kind must be echo, ansari or openai'],
    [{ assistant: { kind: 'openai', apiKey: 'x' } }, {}, 'whatsappService.assistant.model is missing'],
    [
      { assistant: { kind: 'ansari', apiKey: 'x', url: 'http://a.example' } },
      {},
      'whatsappService.assistant.url must be an https:// address, since a key is sent there',
    ],
  ])('names what is wrong: %j %j', (service, fields, problem) => {
    const parsed = stored(service, fields);
    expect(parsed.problems).toEqual([problem]);
    // Found in any case, so that messages are stored.
    expect(businessAt(parsed, NUMBER, keys)).toMatchObject({ id: ID, number: NUMBER });
  });

  it('has all its problems, and keeps what is right', () => {
    const parsed = stored({ language: 7, concurrency: 3 }, { whatsappPhoneNumberIds: ['x', OTHER, OTHER] });
    expect(parsed.problems).toHaveLength(2);
    expect(parsed).toMatchObject({ numbers: [OTHER], settings: { concurrency: 3 } });
    expect(businessAt(parsed, OTHER, keys).accessToken()).toBe('EAAtoken');
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    ['true', true, false],
    [undefined, true, false],
  ])('is served when it is enabled (%s) and active (%s): %s', (whatsappEnabled, isActive, isServed) => {
    expect(stored({}, { whatsappEnabled, isActive }).isServed).toBe(isServed);
  });

  it('is never thrown at, whatever it holds', () => {
    const anything = fc.anything({
      withDate: true,
      withBigInt: true,
      withMap: true,
      withNullPrototype: true,
    });
    const known = fc.record(
      {
        _id: fc.constant(_id),
        ...Object.fromEntries(Object.keys(PROJECTION).map((name) => [name, anything])),
      },
      { requiredKeys: [] },
    );
    const own = fc.record(
      {
        appSecrets: anything,
        assistant: anything,
        phrases: fc.dictionary(fc.string(), anything),
        language: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          known,
          own.map((whatsappService) => ({ _id, whatsappService })),
        ),
        (value) => {
          const parsed = parseBusiness(value);
          if (parsed !== undefined) businessAt(parsed, NUMBER, keys);
        },
      ),
    );
  });
});

describe('a token or a setting that cannot be used', () => {
  const elsewhere = createTokenKeys([{ id: 'k9', key: randomBytes(32) }]);
  it.each([
    ['is missing', null, 'token-missing'],
    ['stands there in the clear', 'EAAtoken', 'token-malformed'],
    ['is of a key that is not configured', elsewhere.seal(ID, 'EAAtoken'), 'token-unknown-key'],
    ['is of another business', keys.seal('another', 'EAAtoken'), 'token-corrupt'],
    ['cannot be sent in a header', seal('EAA\ntoken'), 'token-not-ascii'],
  ])('makes its turns wait and raises an alarm: %s', (_, whatsappAccessToken, code) => {
    const business = businessAt(stored({}, { whatsappAccessToken }), NUMBER, keys);
    const error = thrownBy(() => business.accessToken());
    expect(error).toMatchObject({ scope: 'number', alarm: 'business-unusable', code, retryAfterMs: 60_000 });
    expect(error.message).toContain(`business ${ID} `);
    expect(error.message).not.toContain('EAA');
  });

  it.each([
    ['one that does not open', [seal('one'), 'two'], 'app-secret-malformed'],
    ['no list', 'one', 'app-secret-malformed'],
    ['a list of something else', [7], 'app-secret-malformed'],
  ])('does not let the secret of the deployment stand in: %s', (_, appSecrets, code) => {
    const business = businessAt(stored({ appSecrets }), NUMBER, keys);
    expect(thrownBy(() => business.appSecrets())).toMatchObject({ code, alarm: 'business-unusable' });
    expect(business.accessToken()).toBe('EAAtoken');
  });

  it.each([
    ['no object', 7],
    ['an unknown kind', { kind: 'gpt', apiKey: seal('sk') }],
    ['without its key', { kind: 'openai', model: 'm' }],
    ['without its address', { kind: 'ansari', apiKey: seal('sk') }],
    ['with a wrong address', { kind: 'openai', model: 'm', url: 'ftp://x', apiKey: seal('sk') }],
    ['with a key in the clear', { kind: 'openai', model: 'm', apiKey: 'sk' }],
    ['with a key that no header can hold', { kind: 'openai', model: 'm', apiKey: seal('sk\r\nx: y') }],
  ])('does not let the assistant of the deployment stand in: %s', (_, assistant) => {
    const own = businessAt(stored({ assistant }), NUMBER, keys).settings.assistant;
    if (own === undefined || own.kind === 'echo')
      throw new Error('the assistant of the deployment would answer');
    expect(thrownBy(() => own.apiKey())).toMatchObject({ scope: 'number', alarm: 'business-unusable' });
  });

  it('is every setting when they are no object', () => {
    const business = businessAt(stored({}, { whatsappService: 'none' }), NUMBER, keys);
    const { assistant } = business.settings;
    expect(thrownBy(() => business.appSecrets()).alarm).toBe('business-unusable');
    expect(assistant?.kind === 'ansari' && thrownBy(() => assistant.apiKey()).code).toBe(
      'assistant-unusable',
    );
  });
});
