import { expect, test } from 'vitest';
import { startReal } from './start-real.ts';

const AMINA = '15550000001';
const YUSUF = '15550000002';
const SLOW = { timeout: 120_000 };

test('a message can be followed through the app, and what it left there is shown', SLOW, async () => {
  const system = await startReal();
  const id = await system.say(AMINA, 'What is zakat?');
  await system.reply(AMINA, 1);
  await system.say(YUSUF, 'Salam');
  await system.reply(YUSUF, 1);
  const status = await system.entry(AMINA, { name: 'status', outcome: 'delivered' });

  const entries = await system.entries(AMINA, id);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort((a, b) => a - b));
  const named = entries.flatMap(({ type, name, kind }) => (type === 'step' ? [name] : [kind]));
  const steps = ['stored', 'woken', 'claimed', 'asked', 'first_byte', 'answered', 'written'];
  expect(named).toEqual(
    expect.arrayContaining([
      ...steps,
      'sending',
      'sent',
      'finished',
      'status',
      'delivery',
      'api',
      'assistant',
    ]),
  );
  const turns = new Set(entries.flatMap(({ turn }) => (turn === undefined ? [] : [turn])));
  expect(turns).toEqual(new Set([status.turn]));
  expect(entries.find(({ name }) => name === 'stored')).toMatchObject({ message: id, outcome: 'new' });
  const sent = entries.find(({ name }) => name === 'sent');
  expect(status.bubble).toBe(sent?.bubble);
  // The same steps are found by the reply.
  const byReply = await system.entries(AMINA, sent?.bubble);
  expect(byReply.filter(({ turn }) => turn !== undefined)).toEqual(
    entries.filter(({ turn }) => turn !== undefined),
  );
  expect((await system.entries(YUSUF)).some(({ message }) => message === id)).toBe(false);

  const question = entries.filter(({ kind }) => kind === 'assistant').at(-1);
  const { request, response } = await system.hop(question?.id);
  expect(request.url).toBe(`http://localhost:${system.ports[0]}/whatsapp/v2/messages/process`);
  expect(JSON.parse(request.body)).toMatchObject({ message: 'What is zakat?' });
  expect(response?.body).toContain('What is zakat?');

  expect(await system.inside(AMINA)).toMatchObject({
    conversations: [{ status: 'reply_sent', person: { phone: AMINA }, turn: { id: status.turn } }],
    deadLetters: [],
    backlog: { waiting: 0, deadLetters: 0 },
    queue: 'inline',
  });
});

test(
  'a delivery that is sent again changes nothing, and an edited one with a new id is answered',
  SLOW,
  async () => {
    const system = await startReal();
    const id = await system.say(AMINA, 'First question');
    await system.reply(AMINA, 1);
    await system.entry(AMINA, { name: 'finished' });
    const delivery = await system.entry(AMINA, { kind: 'delivery' });
    const path = `hops/${delivery.id}/resend`;
    const again = await system.call(path, {});
    expect(again.status).toBe(200);
    await system.entry(AMINA, { name: 'stored', outcome: 'done' });

    const { body } = (await system.hop(delivery.id)).request;
    // On the wire a slash of the id is escaped.
    const edited = JSON.stringify(JSON.parse(body))
      .replace('First question', 'Second question')
      .replace(id, 'wamid.edited');
    await system.call(path, { body: edited });
    expect(await system.reply(AMINA, 2)).toContain('Second question');
    const steps = (await system.entries(AMINA)).filter(({ name }) => name === 'claimed');
    expect(steps.map(({ message }) => message)).toEqual([id, 'wamid.edited']);
  },
);

test('faults of the assistant and a wrong signature pass, and the app answers', SLOW, async () => {
  const system = await startReal();
  const faults = [
    { kind: 'wrong_signature', next: 1 },
    { kind: 'assistant_refuse', status: 503, next: 1 },
    { kind: 'assistant_cut', afterBytes: 10, next: 1 },
    { kind: 'assistant_empty', next: 1 },
    { kind: 'assistant_slow', ms: 500, next: 1 },
  ];
  const people = faults.map((_, index) => `1555000010${index}`);
  for (const [index, fault] of faults.entries()) {
    const [person] = people.slice(index);
    expect((await system.call('faults', { ...fault, person })).status).toBe(200);
    await system.say(person ?? '', `Question ${index}`);
  }
  // The app waits up to a minute before it asks again.
  for (const person of people.slice(1, 4)) await system.entry(person, { name: 'released' });
  await system.call('clock', { skipMs: 120_000 });
  for (const [index, person] of people.entries()) {
    expect(await system.reply(person, 1)).toContain(`Question ${index}`);
    const strikes = (await system.entries(person)).flatMap(({ fault = [] }) => fault);
    expect(strikes).toEqual([faults[index]?.kind]);
  }
  expect((await system.entries('15550000100')).find(({ fault }) => fault)).toMatchObject({ status: 403 });
});

test('a crash loses nothing and answers nothing twice', SLOW, async () => {
  const system = await startReal();
  const people = Array.from({ length: 12 }, (_, index) => `155500002${String(index).padStart(2, '0')}`);
  await system.call('faults', { kind: 'assistant_slow', ms: 300 });
  const said = people.map((person) => system.say(person, `I am ${person}`));
  await Promise.all(said);
  await system.entry(people[0] ?? '', { name: 'asked' });
  expect((await system.call('app', { action: 'crash' })).status).toBe(202);
  await system.entry(AMINA, { type: 'note', text: 'the app was killed' });
  await system.call('faults', { kind: 'assistant_slow', ms: 0 });
  await system.entry(AMINA, { type: 'note', text: 'the app responds again' });
  // The leases of the killed process end.
  await system.call('clock', { skipMs: 120_000 });
  for (const person of people) expect(await system.reply(person, 1)).toContain(`I am ${person}`);
  expect(await system.inside(people[0] ?? '')).toMatchObject({ backlog: { waiting: 0, deadLetters: 0 } });
  for (const person of people) expect(await system.texts(person)).toHaveLength(1);
  // Nothing waits for a back-off.
  expect(system.output()).not.toMatch(/^app ended/m);

  expect((await system.call('app', { action: 'restart' })).status).toBe(202);
  await system.entry(AMINA, { type: 'note', text: 'the app was restarted' });
  expect((await system.call('app', { action: 'explode' })).status).toBe(400);
});
