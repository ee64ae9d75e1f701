import { expect, test } from 'vitest';
import type { Content } from '#scripts/simulator/content/person.ts';
import { AMINA, control, graph, startWithApp, text } from '../start-with-app.ts';

const BUSINESS = '15550009999';

test.each<[Content, Record<string, unknown>]>([
  [
    { kind: 'button', text: 'Yes', id: 'y' },
    { interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } } },
  ],
  [
    { kind: 'list', text: 'Prayer', id: 'a', description: 'Daily' },
    { interactive: { type: 'list_reply', list_reply: { id: 'a', title: 'Prayer', description: 'Daily' } } },
  ],
  [
    { kind: 'quick_reply', text: 'Go on', payload: 'p' },
    { type: 'button', button: { payload: 'p', text: 'Go on' } },
  ],
  [
    { kind: 'flow', response: { flow_token: 't' } },
    { interactive: { nfm_reply: { response_json: '{"flow_token":"t"}', body: 'Sent', name: 'flow' } } },
  ],
])('an answer names the newest message of the business: %o', async (content, expected) => {
  const [simulator, app] = await startWithApp();
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('older'));
  const newest = await graph(simulator, text('newer'));
  await simulator.idle();
  const id = simulator.say(AMINA, content);
  await simulator.idle();

  const message = app.taken.flatMap(({ messages }) => messages).find((one) => one.id === id);
  expect(message).toMatchObject({ ...expected, from: AMINA });
  expect(message?.context).toEqual({ from: BUSINESS, id: newest.body.messages[0]?.id });
});

test('a reply to a message that is not stored still has the id of one', async () => {
  const [simulator, app] = await startWithApp();
  simulator.say(AMINA, { kind: 'list', text: 'Prayer' });
  await simulator.idle();
  expect(app.taken[0]?.messages[0]?.context).toEqual({
    from: BUSINESS,
    id: expect.stringMatching(/^wamid\./),
  });
});

test('a text quotes a message only when it replies to it, also an own one', async () => {
  const [simulator, app] = await startWithApp();
  const first = simulator.say(AMINA, 'one');
  simulator.say(AMINA, { kind: 'text', text: 'two', to: first });
  await simulator.idle();
  expect(app.taken.map(({ messages }) => messages[0]?.context)).toEqual([
    undefined,
    { from: AMINA, id: first },
  ]);
});

test('an order, media and an edit have the documented shape', async () => {
  const [simulator, app] = await startWithApp();
  const first = simulator.say(AMINA, 'wrong');
  const items = [{ id: 'd', quantity: 2, price: 1.5, currency: 'USD' }];
  const said: Content[] = [
    { kind: 'order', text: 'please', catalog: '9', items },
    { kind: 'document', text: 'read' },
    { kind: 'edit', to: first, text: 'right' },
    { kind: 'revoke', to: first },
    { kind: 'unsupported', type: 'edit' },
  ];
  for (const content of said) simulator.say(AMINA, content);
  await simulator.idle();

  const product = { product_retailer_id: 'd', quantity: 2, item_price: 1.5, currency: 'USD' };
  expect(app.taken.slice(1).map(({ messages }) => messages[0])).toMatchObject([
    { type: 'order', order: { catalog_id: '9', text: 'please', product_items: [product] } },
    {
      type: 'document',
      document: {
        id: expect.stringMatching(/^[0-9]+$/),
        mime_type: 'application/pdf',
        sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        url: expect.stringMatching(/^http/),
        filename: 'a.pdf',
        caption: 'read',
      },
    },
    {
      type: 'edit',
      edit: { original_message_id: first, message: { type: 'text', text: { body: 'right' } } },
    },
    { type: 'revoke', revoke: { original_message_id: first } },
    { type: 'unsupported', unsupported: { type: 'edit' }, errors: [{ code: 131051 }] },
  ]);
  expect(await control(simulator, `chats/${AMINA}`)).toMatchObject({
    bubbles: expect.arrayContaining([expect.objectContaining({ id: first, edited: 'right', revoked: true })]),
  });
});

test('only the sender can edit or delete a message, and only while it exists', async () => {
  const [simulator] = await startWithApp();
  const id = simulator.say(AMINA, 'mine');
  const sticker = simulator.say(AMINA, { kind: 'sticker' });
  expect(() => simulator.say('15550000002', { kind: 'revoke', to: id })).toThrow(
    'only the sender of a message',
  );
  expect(() => simulator.say(AMINA, { kind: 'edit', to: sticker, text: 'x' })).toThrow('only text');
  simulator.say(AMINA, { kind: 'revoke', to: id });
  expect(() => simulator.say(AMINA, { kind: 'edit', to: id, text: 'x' })).toThrow('was deleted');
});

test('a changed number: a system message without contact, and the old number is free', async () => {
  const [simulator, app] = await startWithApp();
  const before = simulator.addPerson({ name: 'Amina', phone: AMINA });
  const after = simulator.change(AMINA, { phone: '15550000077' });
  await simulator.idle();
  expect(after).toMatchObject({ id: '15550000077', phone: '15550000077', name: 'Amina' });
  expect(after.userId).not.toBe(before.userId);
  expect(app.taken[0]?.values).toEqual([
    {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: BUSINESS, phone_number_id: '100000000000001' },
      messages: [
        {
          from: AMINA,
          id: expect.stringMatching(/^wamid\./),
          timestamp: expect.stringMatching(/^[0-9]{10}$/),
          type: 'system',
          system: {
            body: `User Amina changed from ${AMINA} to 15550000077`,
            type: 'user_changed_number',
            wa_id: '15550000077',
            user_id: after.userId,
            previous_user_id: before.userId,
          },
        },
      ],
    },
  ]);

  // Another person gets the number, and another user id.
  simulator.say(AMINA, 'a stranger');
  simulator.say('15550000077', 'still me');
  await simulator.idle();
  const [stranger, still] = app.taken.slice(1).map(({ messages }) => messages[0]);
  expect([stranger?.from, still?.from, still?.from_user_id]).toEqual([AMINA, '15550000077', after.userId]);
  expect([before.userId, after.userId]).not.toContain(stranger?.from_user_id);
});

test('a changed user id alone: no phone number, and no identity of another person', async () => {
  const [simulator, app] = await startWithApp();
  const before = simulator.addPerson({ userId: 'US.1' });
  simulator.addPerson({ phone: '15550000002' });
  expect(() => simulator.change('US.1', { phone: '15550000002' })).toThrow('15550000002 belongs to a person');
  simulator.change('US.1', { userId: 'US.2' });
  await simulator.idle();
  expect(app.taken[0]?.messages).toEqual([
    {
      id: expect.any(String),
      timestamp: expect.any(String),
      type: 'system',
      system: {
        body: `User ${before.name} changed from US.1 to US.2`,
        type: 'user_changed_user_id',
        user_id: 'US.2',
        previous_user_id: 'US.1',
      },
    },
  ]);
});

test('a user name is in the profile of messages and of statuses', async () => {
  const [simulator, app] = await startWithApp();
  simulator.addPerson({ name: 'Noor', userId: 'US.1', username: 'noor.writes' });
  simulator.say('US.1', 'salam');
  await graph(simulator, text('hi', { to: undefined, recipient: 'US.1' }));
  const [status] = await app.until(1, ({ statuses }) => statuses.length > 0);
  const contacts = [{ profile: { name: 'Noor', username: 'noor.writes' }, user_id: 'US.1' }];
  expect(app.taken.find(({ messages }) => messages.length > 0)?.values).toMatchObject([{ contacts }]);
  expect(status?.values).toMatchObject([{ contacts }]);
  expect(status?.statuses[0]).not.toHaveProperty('recipient_id');
});

test('a failed status has its error, and no contact and no price', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'fails_later', code: 131026 }] });
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('hi'));
  const [failed] = await app.until(1, ({ statuses }) => statuses.length > 0);
  expect(failed?.values[0]).not.toHaveProperty('contacts');
  expect(failed?.statuses[0]).toMatchObject({ status: 'failed', errors: [{ code: 131026 }] });
  for (const absent of ['pricing', 'conversation']) expect(failed?.statuses[0]).not.toHaveProperty(absent);
});

test('a reaction of the business has the status "sent" only', async () => {
  const [simulator, app] = await startWithApp({ readsImmediately: true });
  const message_id = simulator.say(AMINA, 'salam');
  await graph(simulator, text('', { type: 'reaction', reaction: { message_id, emoji: '🙏' } }));
  await graph(simulator, text('hi'));
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'read'));
  await simulator.idle();
  const statuses = app.taken.flatMap((delivery) => delivery.statuses);
  const [reaction] = simulator.replies.list(AMINA);
  expect(statuses.filter(({ id }) => id === reaction?.id).map(({ status }) => status)).toEqual(['sent']);
});
