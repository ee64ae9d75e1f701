import { expect, test } from 'vitest';
import { createFaults } from '#scripts/simulator/faults.ts';
import { seededRandom } from '#scripts/simulator/random.ts';
import { AMINA, graph, startWithApp, text } from './start-with-app.ts';

test.each([
  [{ kind: 'throttled' }, 429, 4],
  [{ kind: 'refuse', code: 131056 }, 400, 131056],
  [{ kind: 'refuse', code: 130429 }, 400, 130429],
  [{ kind: 'refuse', code: 131000 }, 500, 131000],
  [{ kind: 'refuse', code: 190 }, 401, 190],
] as const)('%o refuses so many sends, then none', async (fault, status, code) => {
  const [simulator] = await startWithApp({ faults: [{ ...fault, next: 2 }] });
  simulator.say(AMINA, 'salam');
  const answers = [];
  for (let i = 0; i < 3; i += 1) answers.push(await graph(simulator, text('hi')));
  expect(answers.map((answer) => answer.status)).toEqual([status, status, 200]);
  expect(answers[0]?.body.error?.code).toBe(code);
  expect(simulator.counters).toMatchObject({ accepted: 1, refused: { [code]: 2 } });
});

test('a throttled send has Retry-After', async () => {
  const [simulator] = await startWithApp({ faults: [{ kind: 'throttled', retryAfterSeconds: 7 }] });
  const { headers } = await graph(simulator, text('hi'));
  expect(headers.get('retry-after')).toBe('7');
});

test('a cut send was not accepted; a lost one was, and has statuses', async () => {
  const [simulator, app] = await startWithApp();
  simulator.say(AMINA, 'salam');

  simulator.faults.add({ kind: 'cut', next: 1 });
  await expect(graph(simulator, text('cut'))).rejects.toThrow('fetch failed');
  expect(simulator.replies.list()).toEqual([]);

  simulator.faults.add({ kind: 'lost', next: 1 });
  await expect(graph(simulator, text('lost', { biz_opaque_callback_data: 'k' }))).rejects.toThrow(
    'fetch failed',
  );
  const [delivery] = await app.until(1, ({ statuses }) => statuses.length > 0);
  expect(delivery?.statuses[0]).toMatchObject({ status: 'sent', biz_opaque_callback_data: 'k' });
  expect(simulator.counters).toMatchObject({ accepted: 1, unanswered: 2 });
});

test('a slow response comes after the statuses', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'slow', ms: 1_500 }] });
  simulator.say(AMINA, 'salam');
  const order: string[] = [];
  const answered = graph(simulator, text('hi')).then(({ status }) => order.push(`answer ${status}`));
  await app.until(1, ({ statuses }) => statuses.length > 0);
  order.push('status');
  await answered;
  expect(order).toEqual(['status', 'answer 200']);
});

test('a send can be accepted and fail later', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'fails_later', code: 131026 }] });
  simulator.say(AMINA, 'salam');
  expect((await graph(simulator, text('hi'))).status).toBe(200);
  const [delivery] = await app.until(1, ({ statuses }) => statuses.length > 0);
  expect(delivery?.statuses).toMatchObject([
    { status: 'failed', errors: [{ code: 131026, title: 'Message undeliverable' }] },
  ]);
  expect(delivery?.values[0]).not.toHaveProperty('contacts');
  expect(simulator.replies.list()).toMatchObject([{ progress: 'failed', code: 131026 }]);
});

test('statuses can be dropped while the reply is accepted', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'drop_statuses' }] });
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('hi'));
  await expect.poll(() => simulator.replies.list()[0]?.progress).toBe('delivered');
  await simulator.idle();
  expect(app.taken.flatMap(({ statuses }) => statuses)).toEqual([]);
});

test('deliveries can be repeated five times', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'duplicate', times: 5 }] });
  const ids = Array.from({ length: 20 }, (_, i) => simulator.say(AMINA, `message ${i}`));
  await simulator.idle();
  const arrived = app.taken.flatMap(({ messages }) => messages.map(({ id }) => id));
  expect(arrived.sort()).toEqual(ids.flatMap((id) => Array(5).fill(id)).sort());
});

test('deliveries can overtake each other', async () => {
  const [simulator, app] = await startWithApp({ faults: [{ kind: 'shuffle', withinMs: 60 }] });
  const ids = Array.from({ length: 20 }, (_, i) => simulator.say(AMINA, `message ${i}`));
  await simulator.idle();
  const arrived = app.taken.flatMap(({ messages }) => messages.map(({ id }) => id));
  expect(arrived).not.toEqual(ids);
  expect(arrived.sort()).toEqual(ids.sort());
});

test('a fault can apply to one person only, to receipts only, and be cleared', async () => {
  const [simulator] = await startWithApp();
  const message = simulator.say(AMINA, 'salam');
  simulator.say('15550000002', 'salam');
  const receipt = { messaging_product: 'whatsapp', status: 'read', message_id: message };
  const ask = async (body: unknown) => (await graph(simulator, body)).status;

  simulator.faults.add({ kind: 'refuse', code: 131000, person: AMINA });
  expect([await ask(text('a')), await ask(text('b', { to: '15550000002' })), await ask(receipt)]).toEqual([
    500, 200, 200,
  ]);
  simulator.faults.clear();
  simulator.faults.add({ kind: 'refuse', code: 131000, on: 'receipts' });
  expect([await ask(text('a')), await ask(receipt)]).toEqual([200, 500]);
  simulator.faults.clear('cut');
  expect(await ask(receipt)).toBe(500);
  simulator.faults.clear('refuse');
  expect(await ask(receipt)).toBe(200);
});

test('random faults are seeded: the same seed selects the same calls, about as often as configured', () => {
  const strikes = (seed: number) => {
    const faults = createFaults([{ kind: 'cut', chance: 0.3 }], seededRandom(seed));
    return Array.from({ length: 1_000 }, () => faults.draw(['cut'], { people: [] }) !== undefined);
  };
  expect(strikes(7)).toEqual(strikes(7));
  expect(strikes(7)).not.toEqual(strikes(8));
  const often = strikes(7).filter(Boolean).length;
  expect(often).toBeGreaterThan(250);
  expect(often).toBeLessThan(350);
});
