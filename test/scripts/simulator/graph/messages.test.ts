import { expect, test } from 'vitest';
import { z } from 'zod';
import { AMINA, control, graph, NUMBER, startWithApp, text } from '../start-with-app.ts';

test('a text to a person who wrote is accepted, in the format of the Graph API', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');

  const { status, body } = await graph(simulator, text('wa alaykum as-salam', { to: `+${AMINA}` }));

  expect(status).toBe(200);
  expect(body).toEqual({
    messaging_product: 'whatsapp',
    contacts: [{ input: AMINA, wa_id: AMINA, user_id: expect.stringMatching(/^US\.[0-9]{20}$/) }],
    messages: [{ id: expect.stringMatching(/^wamid\.[A-Za-z0-9+/=]+$/) }],
  });
  expect(simulator.replies.list(AMINA)).toMatchObject([
    { id: body.messages[0]?.id, text: 'wa alaykum as-salam' },
  ]);
});

test('a person without a phone number is addressed as recipient', async () => {
  const [simulator] = await startWithApp();
  const { userId } = simulator.addPerson({ name: 'Hidden' });
  simulator.say(userId, 'salam');

  const { body } = await graph(simulator, text('hello', { to: undefined, recipient: userId }));

  expect(body.contacts).toEqual([{ input: userId, user_id: userId }]);
  expect(simulator.replies.list(userId)).toHaveLength(1);
});

test('with both, the phone number wins', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  const { userId } = simulator.addPerson({ name: 'Hidden' });

  const { body } = await graph(simulator, text('hello', { recipient: userId }));

  expect(body.contacts[0]?.wa_id).toBe(AMINA);
});

const wrong = (details: RegExp) => ({ error_data: { details: expect.stringMatching(details) } });

test.each([
  ['a token that is not right', text('hi'), { token: 'other' }, 401, { code: 190, type: 'OAuthException' }],
  ['a number that is not there', text('hi'), { number: '42' }, 400, { code: 100, error_subcode: 33 }],
  ['a version that has expired', text('hi'), { version: 'v20.0' }, 400, { code: 2500 }],
  ['a version that never was', text('hi'), { version: 'v25' }, 400, { code: 2500 }],
  ['a body that is not JSON', '{', {}, 400, { code: 100 }],
  ['no messaging_product', text('hi', { messaging_product: undefined }), {}, 400, { code: 100 }],
  ['neither to nor recipient', text('hi', { to: undefined }), {}, 400, { code: 100 }],
  ['a to that is no number', text('hi', { to: 'amina' }), {}, 400, { code: 131009, ...wrong(/^to /) }],
  [
    'another type',
    text('hi', { type: 'poll' }),
    {},
    400,
    { code: 100, message: expect.stringMatching(/IMAGE/) },
  ],
  ['no text', text('hi', { text: undefined }), {}, 400, { code: 131008, ...wrong(/^text /) }],
  ['a text without body', text('hi', { text: {} }), {}, 400, { code: 131009, ...wrong(/body/) }],
  ['an empty body', text(' \n'), {}, 400, { code: 131008, ...wrong(/empty/) }],
  ['a longer body', text('a'.repeat(4_097)), {}, 400, { code: 100, message: expect.stringMatching(/4096/) }],
  ['a body longer in UTF-16', text('😀'.repeat(2_049)), {}, 400, { code: 100 }],
  [
    'a longer key',
    text('hi', { biz_opaque_callback_data: 'k'.repeat(513) }),
    {},
    400,
    { code: 131009, ...wrong(/512/) },
  ],
  ['an unknown number', text('hi', { to: '15559999999' }), {}, 400, { code: 131026 }],
  ['a group', text('hi', { recipient_type: 'group' }), {}, 400, { code: 131009 }],
])('%s is refused and nothing is accepted', async (_what, body, call, status, error) => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');

  const answer = await graph(simulator, body, call);

  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject({ ...error, fbtrace_id: expect.any(String) });
  expect(simulator.replies.list()).toEqual([]);
  expect(simulator.counters.refused).toEqual({ [error.code]: 1 });
});

test('a body of exactly 4,096 UTF-16 units and a key of 512 are accepted', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  const key = 'k'.repeat(512);

  const { status } = await graph(simulator, text('😀'.repeat(2_048), { biz_opaque_callback_data: key }));

  expect(status).toBe(200);
  expect(simulator.replies.list()[0]).toMatchObject({ key });
});

test('a send more than 24 hours after the last message of the person is rejected', async () => {
  const [simulator] = await startWithApp();
  simulator.addPerson({ phone: '15550000002' });
  simulator.say(AMINA, 'salam', { at: Date.now() - 24 * 3_600_000 - 1 });

  const silent = await graph(simulator, text('hi', { to: '15550000002' }));
  const longAgo = await graph(simulator, text('hi'));
  simulator.say(AMINA, 'salam');
  const again = await graph(simulator, text('hi'));

  expect([silent.body.error?.code, longAgo.body.error?.code, again.status]).toEqual([131047, 131047, 200]);
});

test('unknown recipients are rejected as at Meta, or accepted with the option', async () => {
  const [strict] = await startWithApp({});
  expect((await graph(strict, text('hi', { to: '15559990000' }))).body.error?.code).toBe(131026);
  const [open] = await startWithApp({ acceptsUnknownRecipients: true });
  expect((await graph(open, text('hi', { to: '15559990000' }))).status).toBe(200);
  expect(open.replies.list('15559990000').map((reply) => reply.text)).toEqual(['hi']);
});

test('one person gets a burst and then one message every six seconds', async () => {
  let now = Date.now();
  const [simulator] = await startWithApp({ now: () => now, pairLimit: { burst: 2, everyMs: 6_000 } });
  for (const person of [AMINA, '15550000002']) simulator.say(person, 'salam');
  const codes = async (to = AMINA) => (await graph(simulator, text('hi', { to }))).body.error?.code;

  expect([await codes(), await codes(), await codes(), await codes('15550000002')]).toEqual([
    undefined,
    undefined,
    131056,
    undefined,
  ]);
  now += 5_999;
  expect(await codes()).toBe(131056);
  now += 1;
  expect([await codes(), await codes()]).toEqual([undefined, 131056]);
});

test('the throughput limit of a number counts sends to all people', async () => {
  let now = Date.now();
  const [simulator] = await startWithApp({ now: () => now, throughput: 2 });
  const people = ['15550000001', '15550000002', '15550000003'];
  for (const person of people) simulator.say(person, 'salam');
  const codes = [];
  for (const to of people) codes.push((await graph(simulator, text('hi', { to }))).body.error?.code);

  expect(codes).toEqual([undefined, undefined, 130429]);
  now += 500;
  expect((await graph(simulator, text('hi'))).status).toBe(200);
});

test('both limits can be switched off', async () => {
  const [simulator] = await startWithApp({ throughput: false, pairLimit: false });
  simulator.say(AMINA, 'salam');
  const answers = await Promise.all(Array.from({ length: 120 }, () => graph(simulator, text('hi'))));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});

const chatSchema = z.object({ bubbles: z.array(z.object({ id: z.string(), progress: z.string() })) });
const receipt = (message_id: string, more: Record<string, unknown> = {}) => ({
  messaging_product: 'whatsapp',
  status: 'read',
  message_id,
  ...more,
});
const typing = { typing_indicator: { type: 'text' } };

test('a receipt marks the message and the earlier ones, and shows typing until a reply comes', async () => {
  const [simulator] = await startWithApp();
  const first = simulator.say(AMINA, 'one');
  const second = simulator.say(AMINA, 'two');
  await simulator.idle();
  const third = simulator.say(AMINA, 'three');

  const { status, body } = await graph(simulator, receipt(second, typing));

  expect([status, body]).toMatchObject([200, { success: true }]);
  const chat = chatSchema.parse(await control(simulator, `chats/${AMINA}`));
  const progress = new Map(chat.bubbles.map((bubble) => [bubble.id, bubble.progress]));
  expect([progress.get(first), progress.get(second)]).toEqual(['read', 'read']);
  expect(progress.get(third)).not.toBe('read');

  expect(simulator.typing(AMINA)).toBe(true);
  await graph(simulator, text('hi'));
  expect(simulator.typing(AMINA)).toBe(false);
});

test('typing ends by itself, and a new receipt extends it', async () => {
  const [simulator] = await startWithApp({ typingMs: 1_000 });
  const message = simulator.say(AMINA, 'one');
  await graph(simulator, receipt(message, typing));
  const shown = simulator.typing(AMINA);
  await expect.poll(() => simulator.typing(AMINA)).toBe(false);
  expect(shown).toBe(true);
});

test.each([
  ['an unknown message', receipt('wamid.none')],
  ['another status', receipt('', { status: 'delivered' })],
  ['another indicator', receipt('wamid.none', { typing_indicator: { type: 'audio' } })],
])('a receipt for %s is refused', async (_what, body) => {
  const [simulator] = await startWithApp();
  expect((await graph(simulator, body)).body.error).toMatchObject({ code: 131009 });
  expect(simulator.counters.receipts).toBe(0);
});

test('the number is checked after the token', async () => {
  const [simulator] = await startWithApp();
  const answer = await graph(simulator, text('hi'), { token: 'other', number: `${NUMBER}0` });
  expect(answer.body.error?.code).toBe(190);
});
