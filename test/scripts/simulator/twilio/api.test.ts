import { expect, test } from 'vitest';
import { twilioClient } from '../../../fakes/twilio-client.ts';
import { AMINA, BUSINESS, NOOR, startTwilio } from './start-twilio.ts';

const TO_AMINA = { from: BUSINESS, to: `whatsapp:+${AMINA}` };

test('the official client sends a message and reads it', async () => {
  const [simulator] = await startTwilio({ sentAfterMs: 60_000 });
  simulator.say(AMINA, 'salam');
  const { messages } = twilioClient(simulator.url);
  const sent = await messages.create({ ...TO_AMINA, body: 'wa alaikum as-salam' });

  expect(sent.toJSON()).toMatchObject({
    sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
    accountSid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
    status: 'queued',
    direction: 'outbound-api',
    body: 'wa alaikum as-salam',
    ...TO_AMINA,
    errorCode: null,
    errorMessage: null,
    dateSent: null,
    numMedia: '0',
    numSegments: '1',
    apiVersion: '2010-04-01',
  });
  expect(Math.abs(sent.dateCreated.getTime() - Date.now())).toBeLessThan(60_000);
  expect((await messages(sent.sid).fetch()).toJSON()).toEqual(sent.toJSON());
  expect(simulator.replies.list(AMINA)).toMatchObject([{ id: sent.sid, text: 'wa alaikum as-salam' }]);
});

test.each([
  ['a missing text', { body: '' }, 400, 21619],
  ['1,601 UTF-16 units, counted as such', { body: `${'🌙'.repeat(800)}!` }, 400, 21617],
  ['a recipient on another channel', { to: `+${AMINA}` }, 400, 21910],
  ['a recipient that is no number', { to: 'whatsapp:amina' }, 400, 21211],
  ['the number of somebody else', { from: 'whatsapp:+15550009999' }, 400, 63007],
  ['an unknown template', { body: '', contentSid: `HX${'f'.repeat(32)}` }, 400, 21655],
  ['a template without its variables', { body: '', contentSid: `HX${'0'.repeat(31)}2` }, 400, 21656],
  ['variables that are no JSON', { contentSid: `HX${'0'.repeat(31)}2`, contentVariables: '{' }, 400, 21656],
  ['an address for statuses that is none', { statusCallback: 'app' }, 400, 21609],
])('%s is refused', async (_, change, status, code) => {
  const [simulator] = await startTwilio();
  simulator.say(AMINA, 'salam');
  const sending = twilioClient(simulator.url).messages.create({ ...TO_AMINA, body: 'salam', ...change });
  await expect(sending).rejects.toMatchObject({
    status,
    code,
    moreInfo: `https://www.twilio.com/docs/errors/${code}`,
  });
  expect(simulator.replies.list()).toEqual([]);
  expect(simulator.counters.refused).toEqual({ [code]: 1 });
});

test('1,600 UTF-16 units and a filled template are accepted', async () => {
  const [simulator] = await startTwilio();
  simulator.say(AMINA, 'salam');
  const { messages } = twilioClient(simulator.url);
  await messages.create({ ...TO_AMINA, body: '🌙'.repeat(800) });
  await messages.create({
    ...TO_AMINA,
    contentSid: `HX${'0'.repeat(31)}2`,
    contentVariables: JSON.stringify({ 1: 'Amina' }),
  });
  expect(simulator.replies.list()).toMatchObject([
    { kind: 'text' },
    { kind: 'template', text: 'Salam Amina, your answer is ready.' },
  ]);
});

test.each([
  ['another token', { authToken: 'other' }, 401, 20003],
  ['another account', { accountSid: `AC${'f'.repeat(32)}` }, 401, 20003],
])('%s is refused', async (_, change, status, code) => {
  const [simulator] = await startTwilio();
  const own = { accountSid: `AC${'0'.repeat(31)}1`, authToken: 'development-auth-token' };
  const client = twilioClient(simulator.url, { ...own, ...change });
  await expect(client.messages.list()).rejects.toMatchObject({ status, code });
});

test('what is not there is a 404 with a code', async () => {
  const [simulator] = await startTwilio();
  const client = twilioClient(simulator.url);
  await expect(client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({
    status: 404,
    code: 20404,
  });
  await expect(client.calls.list()).rejects.toMatchObject({ status: 404, code: 20404 });
});

test('messages are listed newest first, in pages that later messages do not move', async () => {
  const [simulator] = await startTwilio();
  const { messages } = twilioClient(simulator.url);
  for (const person of [AMINA, NOOR]) simulator.say(person, 'salam');
  const to = TO_AMINA.to;
  for (let i = 0; i < 7; i += 1) await messages.create({ ...TO_AMINA, body: `answer ${i}` });
  await messages.create({ ...TO_AMINA, to: `whatsapp:${NOOR}`, body: 'to Noor' });

  const first = await messages.page({ to, pageSize: 3 });
  expect(first.instances.map(({ body }) => body)).toEqual(['answer 6', 'answer 5', 'answer 4']);
  await messages.create({ ...TO_AMINA, body: 'later' });
  const second = await first.nextPage();
  const third = await second?.nextPage();
  expect(second?.instances.map(({ body }) => body)).toEqual(['answer 3', 'answer 2', 'answer 1']);
  expect(third?.instances.map(({ body }) => body)).toEqual(['answer 0']);
  expect(await third?.nextPage()).toBeUndefined();

  expect(await messages.list({ to, pageSize: 2 })).toHaveLength(8);
  expect((await messages.list({ to: `whatsapp:${NOOR}` })).map(({ body }) => body)).toEqual(['to Noor']);
  const inbound = await messages.list({ from: to });
  expect(inbound).toMatchObject([{ direction: 'inbound', status: 'received', to: BUSINESS }]);
});

test('messages are selected by the time when they were sent; a queued one has none', async () => {
  let now = Date.parse('2026-11-27T15:00:00.500Z');
  const [simulator] = await startTwilio({ now: () => now });
  const { messages } = twilioClient(simulator.url);
  const status = () => simulator.replies.list().at(-1)?.progress;
  simulator.say(AMINA, 'salam');
  await messages.create({ ...TO_AMINA, body: 'one' });
  await expect.poll(status).toBe('delivered');
  now += 10_000;
  await messages.create({ ...TO_AMINA, body: 'two' });
  await expect.poll(status).toBe('delivered');

  const bodies = async (query: Parameters<typeof messages.list>[0]) =>
    (await messages.list({ to: TO_AMINA.to, ...query })).map(({ body }) => body);
  const at = (time: string) => new Date(`2026-11-27T${time}Z`);
  expect(await bodies({ dateSentAfter: at('15:00:00') })).toEqual(['two', 'one']);
  expect(await bodies({ dateSentAfter: at('15:00:01') })).toEqual(['two']);
  expect(await bodies({ dateSentBefore: at('15:00:05') })).toEqual(['one']);
  expect(await bodies({ dateSent: at('15:00:10') })).toEqual(['two']);
  expect(await bodies({ dateSentAfter: at('15:00:11') })).toEqual([]);

  const day = async (query: string) => {
    const url = `${simulator.url}/2010-04-01/Accounts/AC${'0'.repeat(31)}1/Messages.json?To=${encodeURIComponent(TO_AMINA.to)}&${query}`;
    const credentials = Buffer.from(`AC${'0'.repeat(31)}1:development-auth-token`).toString('base64');
    const response = await fetch(url, { headers: { authorization: `Basic ${credentials}` } });
    return response.json();
  };
  expect(await day('DateSent>=2026-11-27')).toMatchObject({ messages: [{ body: 'two' }, { body: 'one' }] });
  expect(await day('DateSent>=2026-11-28')).toMatchObject({ messages: [] });
  // With the whole comparison in the name.
  expect(await day('DateSent%3E%3D=2026-11-27T15:00:10Z')).toMatchObject({ messages: [{ body: 'two' }] });
  expect(await day('DateSent%3C%3D=2026-11-27T15:00:00Z')).toMatchObject({ messages: [{ body: 'one' }] });
  expect(await day('DateSent=2026-11-27')).toMatchObject({ messages: [{}, {}] });
  expect(await day('DateSent=yesterday')).toMatchObject({ code: 20001, status: 400 });
});

test('the typing indicator is shown on the phone and marks the message as read', async () => {
  const [simulator] = await startTwilio({ typingMs: 60_000 });
  const { typingIndicator } = twilioClient(simulator.url).messaging.v2;
  const messageId = simulator.say(AMINA, 'salam');
  await simulator.idle();
  expect(await typingIndicator.create({ channel: 'whatsapp', messageId })).toMatchObject({ success: true });
  expect(simulator.typing(AMINA)).toBe(true);
  expect(simulator.counters.receipts).toBe(1);
  const unknown = typingIndicator.create({ channel: 'whatsapp', messageId: `SM${'0'.repeat(32)}` });
  await expect(unknown).rejects.toMatchObject({ status: 404, code: 20404 });
});
