import { expect, test } from 'vitest';
import type { Simulator } from '#scripts/simulator/simulator.ts';
import type { FormApp } from '../../../fakes/form-app.ts';
import { twilioClient } from '../../../fakes/twilio-client.ts';
import { AMINA, BUSINESS, startTwilio } from './start-twilio.ts';

const KEY = '/whatsapp/twilio?part=turn-1.0&x=%27';

function send(simulator: Simulator, app: FormApp, change: Record<string, string> = {}) {
  return twilioClient(simulator.url).messages.create({
    from: BUSINESS,
    to: `whatsapp:+${AMINA}`,
    body: 'wa alaikum as-salam',
    statusCallback: `${app.url}${KEY}#rc=5&rp=all`,
    ...change,
  });
}

const statusIs = (status: string) => (delivery: FormApp['taken'][number]) =>
  delivery.fields.MessageStatus === status;

test('statuses are posted to the address of the message, signed with its query and without its fragment', async () => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, 'salam');
  const { sid } = await send(simulator, app);
  await app.until(1, statusIs('delivered'));
  simulator.read(AMINA);
  await app.until(1, statusIs('read'));

  const statuses = app.taken.filter(({ fields }) => fields.MessageStatus !== undefined);
  // Two at once may overtake each other.
  const reported = statuses.map(({ fields }) => fields.MessageStatus ?? '');
  expect(reported.toSorted()).toEqual(['delivered', 'queued', 'read', 'sent']);
  for (const { url, isGenuine, fields } of statuses) {
    expect({ url, isGenuine, fields }).toMatchObject({
      url: KEY,
      isGenuine: true,
      fields: {
        MessageSid: sid,
        SmsSid: sid,
        SmsStatus: fields.MessageStatus,
        From: BUSINESS,
        To: `whatsapp:+${AMINA}`,
        ChannelPrefix: 'whatsapp',
      },
    });
  }
});

test('without an address nothing is posted', async () => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, 'salam');
  await twilioClient(simulator.url).messages.create({ from: BUSINESS, to: `whatsapp:+${AMINA}`, body: 'a' });
  await expect.poll(() => simulator.replies.list()[0]?.progress).toBe('delivered');
  await simulator.idle();
  expect(app.taken).toHaveLength(1);
});

test.each([
  [63018, 'failed'],
  [63024, 'undelivered'],
])('%i fails later, as %s', async (code, status) => {
  const [simulator, app] = await startTwilio({ faults: [{ kind: 'fails_later', code }] });
  simulator.say(AMINA, 'salam');
  const { sid } = await send(simulator, app);
  const [failure] = await app.until(1, statusIs(status));
  expect(failure?.fields).toMatchObject({ MessageSid: sid, ErrorCode: String(code) });
  const read = await twilioClient(simulator.url).messages(sid).fetch();
  expect(read).toMatchObject({ status, errorCode: code, errorMessage: expect.any(String) });
});

test('free text after 24 hours is accepted and then undelivered: 63016; a template is delivered', async () => {
  let now = Date.now();
  const [simulator, app] = await startTwilio({ now: () => now });
  simulator.say(AMINA, 'salam');
  now += 24 * 3_600_000;
  const late = await send(simulator, app);
  const [failure] = await app.until(1, statusIs('undelivered'));
  expect(failure?.fields).toMatchObject({ MessageSid: late.sid, ErrorCode: '63016' });
  const template = await send(simulator, app, { body: '', contentSid: `HX${'0'.repeat(31)}1` });
  const [delivered] = await app.until(1, statusIs('delivered'));
  expect(delivered?.fields.MessageSid).toBe(template.sid);
});

test('a message to nobody is accepted and then undelivered: 63024', async () => {
  const [simulator, app] = await startTwilio();
  await send(simulator, app, { to: 'whatsapp:+15550000077' });
  const [failure] = await app.until(1, statusIs('undelivered'));
  expect(failure?.fields).toMatchObject({ To: 'whatsapp:+15550000077', ErrorCode: '63024' });
});

test.each([
  [{ kind: 'throttled', retryAfterSeconds: 7 }, 429, 20429],
  [{ kind: 'refuse', code: 63018 }, 429, 63018],
  [{ kind: 'refuse', code: 20500 }, 500, 20500],
  [{ kind: 'refuse', code: 20003 }, 401, 20003],
] as const)('%o refuses one send', async (fault, status, code) => {
  const [simulator, app] = await startTwilio({ faults: [{ ...fault, next: 1 }] });
  simulator.say(AMINA, 'salam');
  await expect(send(simulator, app)).rejects.toMatchObject({ status, code });
  expect(simulator.replies.list()).toEqual([]);
  await send(simulator, app);
  expect(simulator.counters).toMatchObject({ accepted: 1, refused: { [code]: 1 } });
});

test('a cut send was not accepted; a lost one was, is listed, and has statuses', async () => {
  const [simulator, app] = await startTwilio();
  const { messages } = twilioClient(simulator.url);
  simulator.say(AMINA, 'salam');
  simulator.faults.add({ kind: 'cut', next: 1 });
  await expect(send(simulator, app)).rejects.toThrow(/socket|ECONNRESET/);
  expect(await messages.list({ to: `whatsapp:+${AMINA}` })).toEqual([]);

  simulator.faults.add({ kind: 'lost', next: 1 });
  await expect(send(simulator, app)).rejects.toThrow(/socket|ECONNRESET/);
  const [status] = await app.until(1, statusIs('sent'));
  expect(await messages.list({ to: `whatsapp:+${AMINA}` })).toMatchObject([
    { sid: status?.fields.MessageSid },
  ]);
});

test('statuses can be dropped, the first one as well', async () => {
  const [simulator, app] = await startTwilio({ faults: [{ kind: 'drop_statuses' }] });
  simulator.say(AMINA, 'salam');
  await send(simulator, app);
  await expect.poll(() => simulator.replies.list()[0]?.progress).toBe('delivered');
  await simulator.idle();
  expect(app.taken.filter(({ fields }) => fields.MessageStatus !== undefined)).toEqual([]);
});
