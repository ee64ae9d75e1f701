import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { PartMessage } from '#scripts/simulator/dev-channel.ts';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import type { StepLine } from '#scripts/tracing/step-line.ts';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, control, QUICK, startWithApp } from '../start-with-app.ts';
import { entriesOf } from '../timeline/read.ts';

function post(simulator: { readonly url: string }, path: string, body: unknown): Promise<Response> {
  return fetch(`${simulator.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

/** A simulator whose app is run by `npm run dev`, which records what it is asked for. */
async function startHosted(clockOffsetMs = 0) {
  const app = await startWebhookApp();
  const asked: PartMessage[] = [];
  const host = { send: (message: PartMessage) => void asked.push(message), clockOffsetMs };
  const options = { ...QUICK, webhookUrl: app.url, records: true, deliveredAfterMs: 60_000 };
  const simulator = await createSimulator(options, undefined, host);
  onTestFinished(async () => {
    await simulator.close();
    await app.close();
  });
  return { simulator, app, asked };
}

const SENTENCE = 'The app was not started by `npm run dev`.';

test('without npm run dev the app cannot be killed, no time skipped, and nothing seen inside', async () => {
  const [simulator] = await startWithApp({ records: true });
  simulator.say(AMINA, 'salam');
  expect(await control(simulator, 'clock')).toEqual({ offsetMs: 0, canSkip: false });
  for (const [path, body] of [
    ['app', { action: 'crash' }],
    ['clock', { skipMs: 1 }],
  ] as const) {
    const response = await post(simulator, path, body);
    expect([response.status, await response.json()]).toEqual([409, { error: SENTENCE }]);
  }
  const unknown = 'The app was not started by `npm run dev`, so its environment is not known.';
  expect(await control(simulator, `inside?person=${AMINA}`)).toEqual({ available: false, why: unknown });
  const redriven = await post(simulator, 'redrive', { turn: 'one' });
  expect([redriven.status, await redriven.json()]).toEqual([409, { error: unknown }]);
  expect((await fetch(`${simulator.url}/control/inside?person=15559999999`)).status).toBe(404);
});

test.each([
  [{ STORE: 'memory' }, 'STORE=memory stores nothing that another process can read.'],
  [{ STORE: 'sqlite', SQLITE_PATH: '/nowhere/app.db' }, 'There is no /nowhere/app.db here'],
  [{ STORE: 'paper' }, 'STORE '],
])('with %o nothing can be seen inside, and a sentence says why', async (environment, why) => {
  const { simulator } = await startHosted();
  simulator.say(AMINA, 'salam');
  simulator.receive({ kind: 'app-starts', environment, assistantUrl: 'http://localhost:1' });
  expect(await control(simulator, `inside?person=${AMINA}`)).toEqual({
    available: false,
    why: expect.stringContaining(why),
  });
});

test('the page asks npm run dev to kill the app and to move its clock', async () => {
  const { simulator, asked } = await startHosted(5_000);
  expect(await control(simulator, 'clock')).toEqual({ offsetMs: 5_000, canSkip: true });
  expect((await post(simulator, 'app', { action: 'crash' })).status).toBe(202);
  expect((await post(simulator, 'app', { action: 'restart' })).status).toBe(202);
  expect(await control(simulator, 'clock', { skipMs: 86_400_000 })).toEqual({ offsetMs: 86_405_000 });
  expect(asked).toEqual([
    { kind: 'app', action: 'crash' },
    { kind: 'app', action: 'restart' },
    { kind: 'clock', offsetMs: 86_405_000 },
  ]);
  for (const skipMs of [0, -1, 0.5, '1', 400 * 86_400_000])
    expect((await post(simulator, 'clock', { skipMs })).status).toBe(400);
});

test('skipped time moves the simulator: its statuses are due, what is said is of the new time, and nothing goes to the app before', async () => {
  const { simulator, app } = await startHosted();
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  await fetch(`${simulator.url}/v25.0/100000000000001/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer development-access-token' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to: AMINA, type: 'text', text: { body: 'hi' } }),
  });
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'sent'));
  await control(simulator, 'clock', { skipMs: 61_000 });
  simulator.say(AMINA, 'while the app restarts');
  await sleep(200);
  expect(app.taken.flatMap(({ statuses }) => statuses)).toHaveLength(1);
  simulator.receive({ kind: 'app-responds' });
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'delivered'));
  const later = simulator.say(AMINA, 'later');
  await simulator.idle();
  const [message] = app.taken.flatMap(({ messages }) => messages).filter(({ id }) => id === later);
  expect(Number(message?.timestamp) * 1_000 - Date.now()).toBeGreaterThan(55_000);
  expect(Number(message?.timestamp) * 1_000 - Date.now()).toBeLessThan(62_000);
});

test('a client of the event stream gets the clock, each entry with its person, and notes for everybody', async () => {
  const { simulator } = await startHosted(1_000);
  const response = await fetch(`${simulator.url}/control/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (what: RegExp): Promise<void> => {
    while (!what.test(text)) text += (await reader?.read())?.value ?? '';
  };
  await until(/event: start\ndata: .*"clock":\{"offsetMs":1000,"canSkip":true\},"dev":true.*\n\n/);
  simulator.say(AMINA, 'salam');
  await until(/event: entry\ndata: \{"person":"15550000001","entry":\{"type":"hop".*"status":200.*\n\n/);
  simulator.receive({ kind: 'note', text: 'the app responds again' });
  await until(/event: entry\ndata: \{"person":null,"entry":\{"type":"note".*\n\n/);
  await control(simulator, 'clock', { skipMs: 25_000 });
  await until(/event: clock\ndata: \{"offsetMs":26000,"canSkip":true\}\n\n/);
  await until(/"the clock was moved by 25 s"/);
  await reader?.cancel();
});

test('a step that came before its keys or its turn is found as soon as both are known', async () => {
  const { simulator } = await startHosted();
  const id = simulator.say(AMINA, 'salam');
  const time = new Date().toISOString();
  const step = (more: Partial<StepLine>): void =>
    simulator.receive({ kind: 'step', step: { event: 'step', time, step: 'stored', ...more } });
  const { createPersonHasher } = await import('#app/log.ts');
  const { readConfig } = await import('#app/config.ts');
  const environment = { META_APP_SECRET: 'another-secret' };
  const hash = createPersonHasher(readConfig(environment).logKey);

  step({ message: hash(id) });
  step({ step: 'woken', who: 'c' });
  simulator.receive({ kind: 'app-starts', environment, assistantUrl: 'http://localhost:1' });
  step({ step: 'asked', turn: 'turn-1' });
  step({ step: 'woken', who: 'somebody else' });
  const names = async () =>
    (await entriesOf(simulator, AMINA)).flatMap(({ type, name }) => (type === 'step' ? [name] : []));
  expect(await names()).toEqual(['stored']);
  step({ step: 'claimed', message: hash(id), turn: 'turn-1', who: 'c' });
  expect(await names()).toEqual(['stored', 'woken', 'asked', 'claimed']);
  const entries = await entriesOf(simulator, AMINA, id);
  expect(entries.find(({ name }) => name === 'stored')).toMatchObject({ message: id });
  // The person is the same with another number.
  simulator.change(AMINA, { phone: '15550000099' });
  expect((await entriesOf(simulator, '15550000099', id)).length).toBe(entries.length);
});
