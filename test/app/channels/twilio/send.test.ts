import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import twilio from 'twilio';
import { afterEach, describe, expect, it } from 'vitest';
import { createTwilioLimits } from '#app/channels/twilio/rate-limits.ts';
import { createTwilioChannel, type TwilioChannelOptions } from '#app/channels/twilio/send.ts';
import { OUTSIDE_WINDOW, Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import { fakeServer, type Seen } from '../../../fakes/http-server.ts';
import { businessWith } from '../../../fakes/messages.ts';
import { realClock } from '../../../fakes/real-clock.ts';
import { ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, TWILIO_NUMBER } from '../../../fakes/twilio.ts';

const business = businessWith({ channel: 'twilio', number: TWILIO_NUMBER, token: AUTH_TOKEN });
const person = { phone: '15550001111' };
const userId = 'US.13491208655302741918';
const part = { text: 'the private answer', key: 'env~turn-1.0', isRepeat: false };
const HX = `HX${'0123456789abcdef'.repeat(2)}`;
const SID = `SM${'0'.repeat(31)}1`;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Answer = readonly [status: number, body: unknown, headers?: Record<string, string>];

/** An API of Twilio that answers each call as the script says; the last answer stays. */
async function api(...answers: Answer[]) {
  const server = await fakeServer((res) => {
    const [status, body, headers] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  closing.push(() => server.close());
  return server;
}

function channelTo(apiUrl: string, options: Partial<TwilioChannelOptions> = {}) {
  return createTwilioChannel({
    ...{ apiUrl, accountSid: ACCOUNT_SID, publicUrl: PUBLIC_URL, template: undefined },
    ...{ limits: createTwilioLimits({ clock: realClock }), clock: realClock },
    timeouts: { connectMs: 2000, totalMs: 2000 },
    ...options,
  });
}

/** The Message resource, as documented. */
function created(changes: object = {}) {
  return {
    ...{ account_sid: ACCOUNT_SID, api_version: '2010-04-01', body: part.text, direction: 'outbound-api' },
    ...{ date_created: 'Thu, 24 Aug 2023 05:01:45 +0000', date_updated: 'Thu, 24 Aug 2023 05:01:45 +0000' },
    ...{ date_sent: null, error_code: null, error_message: null, from: `whatsapp:${TWILIO_NUMBER}` },
    ...{ num_media: '0', num_segments: '1', price: null, price_unit: null, sid: SID, status: 'queued' },
    ...{ to: 'whatsapp:+15550001111', messaging_service_sid: null, subresource_uris: {} },
    uri: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${SID}.json`,
    ...changes,
  };
}

const refusal = (code: number, status = 400) => ({
  ...{ code, message: `To whatsapp:+15550001111 said no (${code})`, status },
  more_info: `https://www.twilio.com/docs/errors/${code}`,
});

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => `it resolved to ${value}`,
    (error: unknown) => error,
  );

const formOf = ({ body }: Seen) => Object.fromEntries(new URLSearchParams(body));
const lastForm = (seen: readonly Seen[]) =>
  formOf(seen.at(-1) ?? { body: '', method: '', url: '', headers: {} });

describe('send', () => {
  it('posts a form, authorised by the auth token, and resolves to the SID', async () => {
    const { url, seen } = await api([201, created()]);
    expect(await channelTo(url).send(business, person, part)).toBe(SID);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
      },
    });
    expect(lastForm(seen)).toEqual({
      From: 'whatsapp:+14155238886',
      To: 'whatsapp:+15550001111',
      Body: 'the private answer',
      StatusCallback: 'https://whatsapp.example.org/whatsapp/twilio?part=env~turn-1.0',
    });
  });

  it('sends the fields that the own client of Twilio sends', async () => {
    const { url, seen } = await api([201, created()]);
    const text = 'ما هي الزكاة؟ + & = % 🕌\nline';
    await channelTo(url).send(business, person, { ...part, text });
    const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
    const { host } = new URL(url);
    client.request = ({ method = 'post', uri = '', ...options }) =>
      client.httpClient.request({
        ...options,
        method,
        uri: uri.replace('https://api.twilio.com', `http://${host}`),
        ...{ username: ACCOUNT_SID, password: AUTH_TOKEN },
      });
    const message = await client.messages.create({
      ...{ from: 'whatsapp:+14155238886', to: 'whatsapp:+15550001111', body: text },
      statusCallback: 'https://whatsapp.example.org/whatsapp/twilio?part=env~turn-1.0',
    });
    expect(message.sid).toBe(SID);
    const [ours, theirs] = seen;
    expect(ours?.url).toBe(theirs?.url);
    expect(ours?.headers.authorization).toBe(theirs?.headers.authorization);
    expect(ours && formOf(ours)).toEqual(theirs && formOf(theirs));
  });

  it('sends to the user id of a person without a phone number, and after the phone was refused', async () => {
    const { url, seen } = await api([201, created()]);
    await channelTo(url).send(business, { userId }, part);
    expect(lastForm(seen).To).toBe(`whatsapp:${userId}`);
    await channelTo(url).send(business, { ...person, userId }, part);
    expect(lastForm(seen).To).toBe('whatsapp:+15550001111');
    await channelTo(url).send(business, { ...person, userId }, { ...part, failures: ['63024'] });
    expect(lastForm(seen).To).toBe(`whatsapp:${userId}`);
    const refusing = await api([400, refusal(63024)], [201, created()]);
    expect(await channelTo(refusing.url).send(business, { ...person, userId }, part)).toBe(SID);
    expect(refusing.seen.map((one) => formOf(one).To)).toEqual([
      'whatsapp:+15550001111',
      `whatsapp:${userId}`,
    ]);
  });

  it('sends the template of the deployment or of the business', async () => {
    const { url, seen } = await api([201, created()]);
    const template = `HX${'f'.repeat(32)}`;
    const channel = channelTo(url, { template });
    await channel.send(business, person, { ...part, text: TEMPLATE });
    expect(lastForm(seen)).toMatchObject({ ContentSid: template });
    expect(lastForm(seen)).not.toHaveProperty('Body');
    const own = { ...business, settings: { template: HX } };
    await channel.send(own, person, { ...part, text: TEMPLATE });
    expect(lastForm(seen)).toMatchObject({ ContentSid: HX });
    expect(channel.hasTemplate(business)).toBe(true);
    const ofMeta = { ...business, settings: { template: 'answer_ready/en_US' } };
    expect(channelTo(url).hasTemplate(ofMeta)).toBe(false);
    const error = await failureOf(channelTo(url).send(ofMeta, person, { ...part, text: TEMPLATE }));
    expect(error).toBeInstanceOf(Refused);
    expect(seen).toHaveLength(2);
  });

  it.each([
    [400, 63016, Refused, { code: OUTSIDE_WINDOW }],
    [400, 21617, Refused, { code: '21617' }],
    [400, 21211, Refused, { code: '21211' }],
    [400, 63024, Refused, { code: '63024' }],
    [400, 63015, Refused, { message: expect.stringContaining('has not joined it') }],
    [400, 63018, Unavailable, { scope: 'number', retryAfterMs: 1000 }],
    [429, 20429, Unavailable, { scope: 'account', retryAfterMs: 1000 }],
    [429, 21211, Unavailable, { scope: 'account' }],
    [401, 20003, Unavailable, { scope: 'number', alarm: 'token-refused', retryAfterMs: 5000 }],
    [403, 20003, Unavailable, { alarm: 'token-refused' }],
    [400, 63007, Unavailable, { scope: 'number', alarm: 'number-refused', retryAfterMs: 60_000 }],
    [404, 20404, Unavailable, { scope: 'account', alarm: 'number-refused' }],
    [400, 99_999, Unavailable, { scope: 'turn', code: '99999' }],
    [500, 99_999, Unknown, {}],
    [503, 20503, Unavailable, { scope: 'turn' }],
  ])('HTTP %i with code %i is an error of its kind, without data', async (status, code, kind, fields) => {
    const { url } = await api([status, refusal(code, status)]);
    const error = await failureOf(channelTo(url).send(business, person, part));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject(fields);
    const shown = inspect(error, { depth: 5 });
    for (const secret of [AUTH_TOKEN, '15550001111', part.text]) expect(shown).not.toContain(secret);
  });

  it.each([
    [500, '', Unknown],
    [502, '<html>', Unknown],
    [201, '{}', Unknown],
    [201, '<html>', Unknown],
    [408, '', Unknown],
    [401, '<html>', Unavailable],
    [429, '', Unavailable],
    [302, '', Unavailable],
    [404, '<html>', Unavailable],
  ])('HTTP %i with the body %j is an error of its kind', async (status, body, kind) => {
    const { url } = await api([status, body, { location: 'http://127.0.0.1:1/' }]);
    expect(await failureOf(channelTo(url).send(business, person, part))).toBeInstanceOf(kind);
  });

  it('makes the next send wait as long as Twilio asks for', async () => {
    const { url, seen } = await api([429, refusal(20429, 429), { 'retry-after': '7' }], [201, created()]);
    const channel = channelTo(url);
    expect(await failureOf(channel.send(business, person, part))).toMatchObject({ retryAfterMs: 7000 });
    expect(await failureOf(channel.send(business, { phone: '15550002222' }, part))).toMatchObject({
      ...{ name: 'Unavailable', scope: 'account', message: "Twilio's limit for this account is reached" },
    });
    expect(seen).toHaveLength(1);
    const otherToken = { ...business, number: '+15005550006' };
    expect(await channel.send(otherToken, person, part)).toBe(SID);
  });

  it('is Unavailable when the call was certainly not sent, and Unknown when it may have been', async () => {
    const refusing = await api([201, created()]);
    await refusing.close();
    expect(await failureOf(channelTo(refusing.url).send(business, person, part))).toMatchObject({
      ...{ name: 'Unavailable', scope: 'app' },
    });
    const silent = createServer((socket) =>
      socket.on('error', () => {}).once('data', () => socket.destroy()),
    );
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    closing.push(() => silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const error = await failureOf(channelTo(`http://127.0.0.1:${port}`).send(business, person, part));
    expect(error).toBeInstanceOf(Unknown);
  });
});

describe('showTyping', () => {
  const signal = new AbortController().signal;

  it('names the message, at the address of the simulator', async () => {
    const { url, seen } = await api([200, { success: true }]);
    await channelTo(url).showTyping(business, 'SM9', signal);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v2/Indicators/Typing.json' });
    expect(lastForm(seen)).toEqual({ messageId: 'SM9', channel: 'whatsapp' });
  });

  it('does not slow sending down when it is refused', async () => {
    const { url } = await api([404, refusal(20404, 404)], [201, created()]);
    const channel = channelTo(url);
    expect(await failureOf(channel.showTyping(business, 'SM9', signal))).toBeInstanceOf(Unavailable);
    expect(await channel.send(business, person, part)).toBe(SID);
  });
});

describe('failure', () => {
  it.each([
    [['63016'], Refused, { code: OUTSIDE_WINDOW }],
    [['63024'], Refused, { code: '63024' }],
    [['63049'], Refused, { code: '63049' }],
    [['63012'], Unavailable, { scope: 'turn' }],
    [['63018'], Unavailable, { scope: 'number', retryAfterMs: 1000 }],
    [['63018', '63018', '63018'], Unavailable, { retryAfterMs: 4000 }],
    [['63112'], Unavailable, { alarm: 'number-refused' }],
    [['none'], Unavailable, { scope: 'turn' }],
  ])('of the codes %j is the error of a refused send', async (codes, kind, fields) => {
    const { url } = await api([201, created()]);
    const error = channelTo(url).failure(business, person, codes);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject(fields);
  });

  it('of a phone that is unknown to WhatsApp leads to the user id, once', async () => {
    const { url } = await api([201, created()]);
    const channel = channelTo(url);
    expect(channel.failure(business, { ...person, userId }, ['63024'])).toBeInstanceOf(Unavailable);
    expect(channel.failure(business, { ...person, userId }, ['63024', '63024'])).toBeInstanceOf(Refused);
  });
});

describe('find', () => {
  const since = Date.UTC(2026, 10, 27, 12);
  const at = (ms: number) => new Date(since + ms).toUTCString().replace('GMT', '+0000');
  const page = (messages: object[], next: string | null = null) => ({
    ...{ messages, page: 0, page_size: 50, first_page_uri: 'x', previous_page_uri: null, start: 0 },
    next_page_uri: next,
  });
  const listed = (changes: object = {}) => created({ date_created: at(1000), ...changes });

  it('lists the messages to this person and resolves to the SID of the part', async () => {
    const other = listed({ sid: 'SM8', body: 'another part' });
    const { url, seen } = await api([200, page([other, listed({ status: 'sent' })])]);
    expect(await channelTo(url).find?.(business, person, part, since)).toBe(SID);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.method).toBe('GET');
    const { pathname, searchParams } = new URL(seen[0]?.url ?? '', url);
    expect(pathname).toBe(`/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ From: 'whatsapp:+14155238886', To: 'whatsapp:+15550001111', PageSize: '50' },
    });
  });

  it.each([
    ['a part that is still queued', { status: 'queued', date_sent: null }, true],
    ['the clock of Twilio is behind', { date_created: at(-4000) }, true],
    ['white space at the end', { body: `${part.text}\n` }, true],
    ['the same text, sent before', { date_created: at(-6000) }, false],
    ['another text', { body: 'the private' }, false],
    ['a message of the person', { direction: 'inbound' }, false],
    ['a send that failed', { status: 'failed' }, false],
    ['a send that was not delivered', { status: 'undelivered' }, false],
  ])('tells %s', async (_, changes, found) => {
    const { url } = await api([200, page([listed(changes)])]);
    expect(await channelTo(url).find?.(business, person, part, since)).toBe(found ? SID : undefined);
  });

  it('takes any message since the send began for the template, whose text it does not know', async () => {
    const { url } = await api([200, page([listed({ body: 'Your answer is ready.' })])]);
    const find = channelTo(url, { template: HX }).find;
    expect(await find?.(business, person, { ...part, text: TEMPLATE }, since)).toBe(SID);
    expect(await find?.(business, person, { ...part, text: TEMPLATE }, since + 60_000)).toBeUndefined();
  });

  it('reads further pages, until they are older than the send', async () => {
    const path = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json?PageSize=50&Page=1&PageToken=PASM1`;
    const newer = listed({ body: 'another part' });
    const { url, seen } = await api([200, page([newer], path)], [200, page([listed()], path)]);
    expect(await channelTo(url).find?.(business, person, part, since)).toBe(SID);
    expect(seen.map((one) => new URL(one.url, url).searchParams.get('PageToken'))).toEqual([null, 'PASM1']);
    const old = await api([200, page([listed({ date_created: at(-60_000) })], path)]);
    expect(await channelTo(old.url).find?.(business, person, part, since)).toBeUndefined();
    expect(old.seen).toHaveLength(1);
  });

  it('never sends the auth token to an address that a response names', async () => {
    const stranger = await api([200, page([])]);
    const { url, seen } = await api(
      [200, page([listed({ body: 'x' })], `${stranger.url}/steal`)],
      [200, page([])],
    );
    expect(await channelTo(url).find?.(business, person, part, since)).toBeUndefined();
    expect([seen.length, stranger.seen.length]).toEqual([2, 0]);
  });

  it.each([
    [500, '<html>'],
    [503, refusal(20503, 503)],
    [429, refusal(20429, 429)],
    [401, refusal(20003, 401)],
    [400, refusal(21211)],
    [200, '<html>'],
    [200, { messages: [{}] }],
    [200, page([created({ date_created: 'yesterday' })])],
  ])('is Unavailable when the list cannot be read: HTTP %i %j', async (status, body) => {
    const { url } = await api([status, body]);
    expect(
      await failureOf(Promise.resolve(channelTo(url).find?.(business, person, part, since))),
    ).toBeInstanceOf(Unavailable);
  });

  it('is Unavailable when Twilio does not answer', async () => {
    const gone = await api([200, page([])]);
    await gone.close();
    expect(
      await failureOf(Promise.resolve(channelTo(gone.url).find?.(business, person, part, since))),
    ).toBeInstanceOf(Unavailable);
  });
});
