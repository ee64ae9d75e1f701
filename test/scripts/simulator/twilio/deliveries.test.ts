import { expect, test } from 'vitest';
import type { Content } from '#scripts/simulator/content/person.ts';
import { signature } from '#scripts/simulator/twilio/request.ts';
import { twilioClient } from '../../../fakes/twilio-client.ts';
import { control } from '../start-with-app.ts';
import { AMINA, BUSINESS, NOOR, startTwilio } from './start-twilio.ts';

test("the signature is the one in the tests of Twilio's own libraries", () => {
  const fields = {
    Digits: '1234',
    To: '+18005551212',
    From: '+14158675309',
    Caller: '+14158675309',
    CallSid: 'CA1234567890ABCDE',
  };
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  expect(signature(url, fields, '12345')).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});

test('a message arrives as a signed form with all fields, blank ones as well', async () => {
  const [simulator, app] = await startTwilio();
  simulator.addPerson({ name: 'Amina', phone: AMINA });
  const id = simulator.say(AMINA, 'السلام عليكم & 1+1=2 🌙');
  await simulator.idle();

  expect(id).toMatch(/^SM[0-9a-f]{32}$/);
  expect(app.taken).toMatchObject([{ url: '/whatsapp/twilio', isGenuine: true, status: 204 }]);
  expect(app.taken[0]?.fields).toMatchObject({
    MessageSid: id,
    SmsSid: id,
    SmsMessageSid: id,
    AccountSid: expect.stringMatching(/^AC/),
    From: `whatsapp:+${AMINA}`,
    To: BUSINESS,
    Body: 'السلام عليكم & 1+1=2 🌙',
    ProfileName: 'Amina',
    WaId: AMINA,
    ExternalUserId: expect.stringMatching(/^whatsapp:US\./),
    MessageType: 'text',
    SmsStatus: 'received',
    NumMedia: '0',
    NumSegments: '1',
    ButtonText: '',
    Latitude: '',
    OriginalRepliedMessageSid: '',
    ReferralNumMedia: '0',
    ReferralBody: '',
  });
});

test('a person without a phone number has a user id as address', async () => {
  const [simulator, app] = await startTwilio();
  simulator.say(NOOR, 'salam');
  await simulator.idle();
  expect(app.taken[0]?.fields).toMatchObject({
    From: `whatsapp:${NOOR}`,
    WaId: '',
    ExternalUserId: `whatsapp:${NOOR}`,
  });
});

const media = (kind: string, type: string) => ({
  MessageType: kind,
  NumMedia: '1',
  MediaContentType0: expect.stringContaining(type),
  MediaUrl0: expect.stringMatching(/\/Messages\/MM[0-9a-f]{32}\/Media\/ME[0-9a-f]{32}$/),
});

test.each<[Content, Record<string, unknown>]>([
  [
    { kind: 'image', text: 'Look' },
    { ...media('image', 'image/'), Body: 'Look' },
  ],
  [{ kind: 'audio' }, media('audio', 'audio/')],
  [{ kind: 'video' }, media('video', 'video/')],
  [{ kind: 'document' }, media('document', 'pdf')],
  [{ kind: 'sticker' }, media('sticker', 'image/webp')],
  [{ kind: 'contacts' }, media('contacts', 'text/vcard')],
  [
    { kind: 'location', latitude: 21.4225, longitude: 39.8262, name: 'Kaaba' },
    { MessageType: 'location', Latitude: '21.4225', Longitude: '39.8262', Label: 'Kaaba', Body: '' },
  ],
  [
    { kind: 'button', text: 'Yes', id: 'y' },
    { MessageType: 'button', ButtonText: 'Yes', ButtonPayload: 'y', Body: 'Yes' },
  ],
  [
    { kind: 'list', text: 'Prayer times', id: 'p', description: 'Today' },
    { MessageType: 'interactive', ListId: 'p', ListTitle: 'Prayer times', Body: 'Prayer times' },
  ],
])('%j has its own fields', async (content, fields) => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, content);
  await simulator.idle();
  expect(app.taken[0]?.isGenuine).toBe(true);
  expect(app.taken[0]?.fields).toMatchObject(fields);
});

test('a file can be downloaded with the credentials of the account only', async () => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, { kind: 'image' });
  await simulator.idle();
  const url = app.taken[0]?.fields.MediaUrl0 ?? '';
  const credentials = Buffer.from(`AC${'0'.repeat(31)}1:development-auth-token`).toString('base64');
  const download = await fetch(url, { headers: { authorization: `Basic ${credentials}` } });
  expect(download.headers.get('content-type')).toBe(app.taken[0]?.fields.MediaContentType0);
  expect((await download.arrayBuffer()).byteLength).toBeGreaterThan(0);
  expect((await fetch(url)).status).toBe(401);
});

test('a reply names the message and its sender', async () => {
  const [simulator, app] = await startTwilio();
  const first = simulator.say(AMINA, 'salam');
  const { sid } = await twilioClient(simulator.url).messages.create({
    from: BUSINESS,
    to: `whatsapp:+${AMINA}`,
    body: 'wa alaikum as-salam',
  });
  simulator.say(AMINA, { kind: 'text', text: 'what is this?', to: sid });
  simulator.say(AMINA, { kind: 'text', text: 'I mean this', to: first });
  await simulator.idle();
  expect(app.taken.map(({ fields }) => fields)).toMatchObject([
    { OriginalRepliedMessageSid: '' },
    { OriginalRepliedMessageSid: sid, OriginalRepliedMessageSender: BUSINESS },
    { OriginalRepliedMessageSid: first, OriginalRepliedMessageSender: `whatsapp:+${AMINA}` },
  ]);
});

test('a delivery without a 2xx is repeated with the same bytes and token, and one with a 2xx is not', async () => {
  const [simulator, app] = await startTwilio();
  app.answers.push(503, 403, 200);
  const id = simulator.say(AMINA, 'salam');
  await simulator.idle();
  expect(app.taken.map(({ status }) => status)).toEqual([503, 403, 200]);
  expect(new Set(app.taken.map(({ idempotencyToken }) => idempotencyToken)).size).toBe(1);
  expect(app.taken.every(({ isGenuine, fields }) => isGenuine && fields.MessageSid === id)).toBe(true);

  expect(simulator.say(AMINA, 'salam', { id })).toBe(id);
  await simulator.idle();
  expect(app.taken).toHaveLength(4);
  expect(app.taken[3]?.fields.MessageSid).toBe(id);
});

test('deliveries can be repeated and overtake each other', async () => {
  const [simulator, app] = await startTwilio({
    faults: [
      { kind: 'duplicate', times: 3 },
      { kind: 'shuffle', withinMs: 60 },
    ],
  });
  const ids = Array.from({ length: 10 }, (_, i) => simulator.say(AMINA, `message ${i}`));
  await simulator.idle();
  const arrived = app.taken.map(({ fields }) => fields.MessageSid ?? '');
  expect(arrived).not.toEqual(ids.flatMap((id) => [id, id, id]));
  expect(arrived.toSorted()).toEqual(ids.flatMap((id) => [id, id, id]).toSorted());
});

test.each(['reaction', 'edit', 'revoke'] as const)('Twilio passes on no %s', async (kind) => {
  const [simulator, app] = await startTwilio();
  const to = simulator.say(AMINA, 'salam');
  const content = kind === 'edit' ? { kind, to, text: 'other' } : { kind, to };
  expect(await control(simulator, 'say', { person: AMINA, content })).toEqual({
    error: `Twilio delivers no ${kind}`,
  });
  await simulator.idle();
  expect(app.taken).toHaveLength(1);
  expect(await control(simulator, `chats/${AMINA}`)).toMatchObject({ bubbles: [{ id: to }] });
});

test('a changed number is known from the next message alone', async () => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, 'salam');
  simulator.change(AMINA, { phone: '15550000009' });
  simulator.say('15550000009', 'it is me');
  await simulator.idle();
  expect(app.taken.map(({ fields }) => fields.From)).toEqual([`whatsapp:+${AMINA}`, 'whatsapp:+15550000009']);
  expect(await control(simulator, 'verify', {})).toEqual({ error: 'Twilio sends no challenge' });
});

test('any form can be delivered', async () => {
  const [simulator, app] = await startTwilio();
  simulator.deliver({ MessageSid: 'SM1', Body: ' spaces stay ', NewField: 1 });
  await simulator.idle();
  expect(app.taken).toMatchObject([
    { isGenuine: true, fields: { MessageSid: 'SM1', Body: ' spaces stay ', NewField: '1' } },
  ]);
});
