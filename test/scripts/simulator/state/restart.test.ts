import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Content } from '#scripts/simulator/content/person.ts';
import type { SimulatorOptions } from '#scripts/simulator/options.ts';
import { createSimulator, type Simulator } from '#scripts/simulator/simulator.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { startWebhookApp, type WebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, control, graph, QUICK, text } from '../start-with-app.ts';

const PEOPLE = [
  { name: 'Amina', phone: AMINA },
  { name: 'Noor', userId: 'US.13491208655302741918' },
];
const reports: string[] = [];
let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'simulator.json');
  reports.length = 0;
});

const start = (options: Partial<SimulatorOptions>): Promise<Simulator> =>
  createSimulator({ people: PEOPLE, ...options }, { path, report: (sentence) => reports.push(sentence) });

async function startApp(): Promise<WebhookApp> {
  const app = await startWebhookApp();
  onTestFinished(() => app.close());
  return app;
}

/** Starts a simulator with the file and short delays, and the app that it delivers to. */
async function startKept(options: Partial<SimulatorOptions> = {}) {
  const app = await startApp();
  const quick = {
    ...QUICK,
    webhookUrl: app.url,
    ...options,
  };
  return { app, quick, simulator: await start(quick) };
}

const SAID: readonly Content[] = [
  { kind: 'text', text: 'السلام عليكم 👋🏽' },
  { kind: 'button', text: 'Yes', id: 'y' },
  { kind: 'list', text: 'Row', description: 'The first' },
  { kind: 'quick_reply', text: 'Go on', payload: 'p' },
  { kind: 'flow', response: { deep: { list: [1, null] } } },
  { kind: 'order', items: [{ id: 'i', quantity: 2, price: 1.5, currency: 'EUR' }] },
  { kind: 'image', text: 'A picture' },
  { kind: 'location', latitude: 21.4, longitude: -39.8 },
  { kind: 'contacts' },
  { kind: 'unsupported', type: 'poll' },
];

const SENT = [
  { type: 'image', image: { link: 'https://example.org/a.jpg', caption: 'c' } },
  { type: 'location', location: { latitude: 1, longitude: 2, name: 'n', address: 'a' } },
  { type: 'contacts', contacts: [{ name: { formatted_name: 'A Friend', first_name: 'A' } }] },
  {
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Which?' },
      footer: { text: 'f' },
      action: {
        button: 'Open',
        sections: [{ title: 's', rows: [{ id: 'r', title: 't', description: 'd' }] }],
      },
    },
  },
  { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } },
];

it('keeps people, chats, statuses and ids, and no faults', async () => {
  const { app, quick, simulator } = await startKept();
  const first = simulator.say(AMINA, 'Hello');
  for (const content of SAID) simulator.say(AMINA, content);
  simulator.say(AMINA, { kind: 'edit', to: first, text: 'Hello!' });
  for (const more of SENT) {
    expect((await graph(simulator, { messaging_product: 'whatsapp', to: AMINA, ...more })).status).toBe(200);
  }
  const reply = await graph(
    simulator,
    text('Hi', { biz_opaque_callback_data: 'k', context: { message_id: first } }),
  );
  simulator.say(AMINA, { kind: 'reaction', to: reply.body.messages[0]?.id ?? '', emoji: '👍' });
  await app.until(SENT.length + 1, ({ statuses }) => statuses.some(({ status }) => status === 'delivered'));
  simulator.read(AMINA);
  const former = simulator.addPerson({ name: 'New', phone: '15550000077' });
  simulator.change('15550000077', { phone: '15550000078' });
  simulator.setPhoneOff('15550000078', true);
  simulator.faults.add({ kind: 'lost' });
  await simulator.idle();
  const before = await control(simulator, `chats/${AMINA}`);
  const people = await control(simulator, 'state');
  await simulator.close();

  const again = await start(quick);
  expect(reports).toEqual([]);
  expect(await control(again, `chats/${AMINA}`)).toEqual(before);
  expect(await control(again, 'state')).toMatchObject({
    faults: [],
    chats: (people as { chats: unknown }).chats,
  });
  const oldReplies = again.replies.list();
  expect(again.replies.list(AMINA).at(-1)).toMatchObject({ key: 'k', progress: 'read' });
  again.say(AMINA, 'And again');
  // The window of 24 hours is open, and the new reply comes after all others.
  await graph(again, text('Welcome back'));
  expect(again.replies.list()).toHaveLength(oldReplies.length + 1);
  expect(again.replies.list().at(-1)?.text).toBe('Welcome back');
  expect(again.replies.list().at(-1)?.order).toBeGreaterThan(oldReplies.at(-1)?.order ?? 0);
  // A former user id is not generated again for the next owner of the number.
  expect(again.addPerson({ phone: '15550000077' }).userId).not.toBe(former.userId);
  await again.close();
});

it('delivers again what the app had not accepted, with its id, and continues statuses', async () => {
  const { app, quick, simulator } = await startKept({ sentAfterMs: 60_000 });
  simulator.say(AMINA, 'Taken');
  await simulator.idle();
  const reply = await graph(simulator, text('A reply'));
  await app.close();
  const lost = simulator.say(AMINA, 'Not taken');
  await simulator.close();

  const next = await startApp();
  const again = await start({ ...quick, webhookUrl: next.url, sentAfterMs: 1 });
  const [delivery] = await next.until(1, ({ messages }) => messages.length > 0);
  expect(delivery?.messages).toMatchObject([{ id: lost, text: { body: 'Not taken' } }]);
  await next.until(1, ({ statuses }) =>
    statuses.some(({ id, status }) => id === reply.body.messages[0]?.id && status === 'delivered'),
  );
  await again.idle();
  expect(next.taken.flatMap(({ messages }) => messages)).toHaveLength(1);
  expect(again.hasAcknowledged(lost)).toBe(true);
  await again.close();
});

it.each([
  ['', 'it is not JSON'],
  ['{"version":1,"chats":[{"text":"A secret question', 'it is not JSON'],
  ['null', 'of another version'],
  ['{"version":2,"chats":{}}', 'of another version'],
  ['{"version":1}', 'wrong at channel'],
  ['{"version":1,"channel":"twilio","usedUserIds":[],"chats":[]}', 'wrong at channel'],
  [
    `{"version":1,"channel":"meta","usedUserIds":[],"chats":[{"person":{"name":"A","phone":"A secret question","userId":"US.1"},"phoneOff":false,"bubbles":[]}]}`,
    'wrong at chats.0.person.phone',
  ],
])('sets a file aside that it cannot use: %s', async (content, reason) => {
  writeFileSync(path, content);
  const { simulator } = await startKept();
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain(reason);
  expect(reports[0]).toContain(`it is now ${path}.set-aside`);
  expect(reports[0]).not.toContain('secret');
  expect(readFileSync(`${path}.set-aside`, 'utf8')).toBe(content);
  expect(await control(simulator, 'state')).toMatchObject({ chats: [{ name: 'Amina' }, { name: 'Noor' }] });
  simulator.say(AMINA, 'Hello');
  await simulator.close();
  expect(readFileSync(path, 'utf8')).toContain('"Hello"');
});

it('goes on without the file when it cannot be written', async () => {
  path = join(path, 'nowhere', 'simulator.json');
  const { simulator } = await startKept();
  simulator.say(AMINA, 'Hello');
  await simulator.close();
  expect(reports).toEqual([expect.stringMatching(/^The chats are not kept: ENOENT/)]);
});

it('refuses what is no regular file, and leaves it alone', async () => {
  path = temporaryFolder();
  await expect(start({})).rejects.toThrow(`The chats cannot be kept in ${path}: it is no regular file.`);
  expect(statSync(path).isDirectory()).toBe(true);
});
