import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freePort } from '#scripts/chaos/own-process.ts';
import { makePerson } from '#scripts/simulator/people.ts';
import { seededRandom } from '#scripts/simulator/random.ts';
import { deliveryJson, messageUpdate, statusUpdate } from '#scripts/simulator/webhook/payload.ts';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, control, graph, startWithApp, text } from '../start-with-app.ts';

test('a message is signed over exactly the bytes that arrive', async () => {
  const [simulator, app] = await startWithApp();
  const id = simulator.say(AMINA, 'السلام عليكم / a@b', { at: 1_760_000_000_900 });
  await simulator.idle();

  const [delivery] = app.taken;
  const expected = createHmac('sha256', 'development-app-secret').update(delivery?.raw ?? '');
  expect(delivery?.signature).toBe(`sha256=${expected.digest('hex')}`);
  expect(delivery?.values).toEqual([
    {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: expect.any(String), phone_number_id: '100000000000001' },
      contacts: [{ profile: { name: 'Person 0001' }, wa_id: AMINA, user_id: expect.any(String) }],
      messages: [
        {
          from: AMINA,
          from_user_id: expect.stringMatching(/^US\./),
          id,
          timestamp: '1760000000',
          type: 'text',
          text: { body: 'السلام عليكم / a@b' },
        },
      ],
    },
  ]);
});

test.each([
  ['absent', [undefined, undefined]],
  ['empty', ['', '']],
  ['user_id', ['US.1', 'US.1']],
] as const)('a hidden phone number is %s', async (hiding, expected) => {
  const [simulator, app] = await startWithApp();
  simulator.addPerson({ userId: 'US.1', hiding });
  simulator.say('US.1', 'salam');
  await simulator.idle();
  const value = app.taken[0]?.values[0];
  expect([value?.messages, value?.contacts]).toMatchObject([
    [{ from_user_id: 'US.1', ...(expected[0] === undefined ? {} : { from: expected[0] }) }],
    [{ user_id: 'US.1', ...(expected[1] === undefined ? {} : { wa_id: expected[1] }) }],
  ]);
  expect('from' in (app.taken[0]?.messages[0] ?? {})).toBe(hiding !== 'absent');
});

test.each(['image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts', 'unsupported'] as const)(
  'a person can send a %s',
  async (kind) => {
    const [simulator, app] = await startWithApp();
    simulator.say(AMINA, { kind });
    await simulator.idle();
    const [message] = app.taken[0]?.messages ?? [];
    expect(message).toMatchObject({
      type: kind,
      [kind === 'unsupported' ? 'errors' : kind]: expect.anything(),
    });
  },
);

test('a delivery is repeated with the same bytes until the response is 200, and not after that', async () => {
  const [simulator, app] = await startWithApp();
  app.answers.push(503, 'hang up', 202, 301, 500);
  const id = simulator.say(AMINA, 'salam');
  expect(simulator.hasAcknowledged(id)).toBe(false);
  await simulator.idle();
  expect(simulator.hasAcknowledged(id)).toBe(true);

  expect(app.taken.map(({ status }) => status)).toEqual([503, 0, 202, 301, 500, 200]);
  expect(new Set(app.taken.map(({ raw }) => raw.toString())).size).toBe(1);
  expect(app.taken[0]?.messages[0]?.id).toBe(id);
  expect(simulator.counters).toMatchObject({ posts: 6, redeliveries: 5, acknowledged: 1, outstanding: 0 });
});

test('a message sent while the app is down arrives when it is up again', async () => {
  // A port that no other program gets while it is not in use.
  const away = await startWebhookApp(await freePort());
  await away.close();
  const [simulator] = await startWithApp({ webhookUrl: away.url });
  const ids = ['one', 'two', 'three'].map((words) => simulator.say(AMINA, words));
  await expect.poll(() => simulator.app()).toBe('down');

  const back = await startWebhookApp(Number(new URL(away.url).port));
  await simulator.idle();
  await back.close();

  expect(back.taken.flatMap(({ messages }) => messages.map(({ id }) => id)).sort()).toEqual(ids.sort());
  expect(simulator.app()).toBe(200);
});

test('messages of one person arrive in order while the app acknowledges each', async () => {
  const [simulator, app] = await startWithApp();
  const ids = Array.from({ length: 30 }, (_, i) => simulator.say(AMINA, `message ${i}`));
  await simulator.idle();
  expect(app.taken.flatMap(({ messages }) => messages.map(({ id }) => id))).toEqual(ids);
});

test('one delivery can hold all updates of a moment', async () => {
  const [simulator, app] = await startWithApp({ batch: { waitMs: 5, chance: 1, max: 40 } });
  const ids = Array.from({ length: 50 }, (_, i) => simulator.say(`1555000000${i % 7}`, `message ${i}`));
  await simulator.idle();
  expect(app.taken.map(({ messages }) => messages.length)).toEqual([40, 10]);
  expect(app.taken.flatMap(({ messages }) => messages.map(({ id }) => id))).toEqual(ids);
});

test('a delivery holds each update once, in order, with its contact, however they are grouped', () => {
  const people = [makePerson({ phone: AMINA }, 'A'), makePerson({ userId: 'US.1' }, 'B')];
  const update = fc
    .tuple(fc.constantFrom(...people), fc.uuid(), fc.boolean())
    .map(([person, id, isMessage]) =>
      isMessage
        ? messageUpdate(person, { id, at: 0, part: { type: 'text', text: { body: 'hi' } } })
        : statusUpdate(person, { id, at: 0, status: 'delivered' }),
    );
  fc.assert(
    fc.property(fc.array(update, { minLength: 1 }), fc.nat(), (updates, seed) => {
      const delivery = deliveryJson(ACCOUNT, updates, seededRandom(seed));
      const ids: string[] = [];
      for (const { changes } of entriesOf(delivery)) {
        expect(changes.length).toBeGreaterThan(0);
        for (const { value } of changes) {
          const inside = [...(value.messages ?? []), ...(value.statuses ?? [])];
          expect(value.messages === undefined).not.toBe(value.statuses === undefined);
          const known = new Set(value.contacts.map(({ user_id }) => user_id));
          for (const one of inside) expect(known).toContain(one.from_user_id ?? one.recipient_user_id);
          ids.push(...inside.map(({ id }) => String(id)));
        }
      }
      expect(ids).toEqual(updates.map(({ id }) => id));
    }),
  );
});

const ACCOUNT = { number: '1', displayNumber: '2', businessAccount: '3' };

interface Value {
  readonly contacts: { readonly user_id: string }[];
  readonly messages?: Record<string, string>[];
  readonly statuses?: Record<string, string>[];
}

function entriesOf(delivery: unknown): { readonly changes: { readonly value: Value }[] }[] {
  return JSON.parse(JSON.stringify(delivery)).entry;
}

test('a reply is reported as sent, then delivered, then read, each time with its key', async () => {
  const [simulator, app] = await startWithApp();
  simulator.say(AMINA, 'salam');
  // One after the other, since two deliveries at once may overtake each other.
  simulator.setPhoneOff(AMINA, true);
  const answer = await graph(simulator, text('hi', { biz_opaque_callback_data: 'turn-1.0' }));
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'sent'));
  simulator.setPhoneOff(AMINA, false);
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'delivered'));
  simulator.read(AMINA);
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'read'));

  const statuses = app.taken.flatMap((delivery) => delivery.statuses);
  expect(statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
  for (const status of statuses) {
    expect(status).toMatchObject({
      id: answer.body.messages[0]?.id,
      recipient_id: AMINA,
      biz_opaque_callback_data: 'turn-1.0',
      timestamp: expect.stringMatching(/^[0-9]{10}$/),
    });
  }
  expect(statuses.map(({ pricing }) => pricing !== undefined)).toEqual([true, true, false]);
});

test('a phone that is off gets its replies when it is on again', async () => {
  const [simulator, app] = await startWithApp({ readsImmediately: true });
  simulator.say(AMINA, 'salam');
  simulator.setPhoneOff(AMINA, true);
  await graph(simulator, text('hi'));
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'sent'));
  simulator.read(AMINA);
  await simulator.idle();
  expect(simulator.replies.list()[0]?.progress).toBe('sent');

  simulator.setPhoneOff(AMINA, false);
  await simulator.idle();
  const [first, ...later] = app.taken.flatMap(({ statuses }) => statuses.map(({ status }) => status));
  expect(first).toBe('sent');
  // Both at once, so that either may arrive first.
  expect(later.sort()).toEqual(['delivered', 'read']);
});

test('a message sent again under the same id is delivered again as the same message', async () => {
  const [simulator, app] = await startWithApp();
  const id = simulator.say(AMINA, 'salam');
  await simulator.idle();
  expect(simulator.say(AMINA, 'salam', { id })).toBe(id);
  await simulator.idle();
  expect(app.taken.map(({ messages }) => messages[0]?.id)).toEqual([id, id]);
  expect(await control(simulator, `chats/${AMINA}`)).toMatchObject({
    bubbles: [{ id, progress: 'delivered' }],
  });
});

test('any payload can be delivered unchanged', async () => {
  const [simulator, app] = await startWithApp();
  simulator.deliver({ object: 'whatsapp_business_account', entry: [], more: 'سلام' });
  await simulator.idle();
  expect(JSON.parse(app.taken[0]?.raw.toString() ?? '')).toMatchObject({ more: 'سلام' });
});

test('verification passes only when the app returns the challenge', async () => {
  const [right] = await startWithApp();
  const [wrong] = await startWithApp({ verifyToken: 'other' });
  const [down] = await startWithApp({ webhookUrl: 'http://127.0.0.1:1/whatsapp/v2' });
  expect([await right.verify(), await wrong.verify(), await down.verify()]).toEqual([
    { passed: true, status: 200 },
    { passed: false, status: 403 },
    { passed: false },
  ]);
});
