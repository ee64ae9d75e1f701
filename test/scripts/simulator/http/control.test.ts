import { request } from 'node:http';
import { expect, test } from 'vitest';
import { AMINA, control, graph, startWithApp, text } from '../start-with-app.ts';

test('every action is also available over HTTP', async () => {
  const [simulator, app] = await startWithApp();
  const person = await control(simulator, 'people', { name: 'Amina', phone: AMINA });
  const said = await control(simulator, 'say', { person: AMINA, text: 'salam' });
  await simulator.idle();
  await graph(simulator, text('one', { biz_opaque_callback_data: 'k1' }));
  await graph(simulator, text('two'));

  expect(person).toMatchObject({ id: AMINA, name: 'Amina', phone: AMINA });
  expect(app.taken[0]?.messages[0]).toMatchObject(Object(said));
  const replies = await control(simulator, `replies?person=${AMINA}`);
  expect(replies).toMatchObject([
    { text: 'one', key: 'k1', person: AMINA, order: expect.any(Number) },
    { text: 'two' },
  ]);
  const [first] = simulator.replies.list();
  expect(await control(simulator, `replies?after=${first?.order}`)).toMatchObject([{ text: 'two' }]);

  await control(simulator, 'phone', { person: AMINA, off: true });
  await control(simulator, 'say', { person: AMINA, content: { kind: 'sticker' } });
  expect(await control(simulator, 'verify', {})).toEqual({ passed: true, status: 200 });
  expect(await control(simulator, 'state')).toMatchObject({
    app: 200,
    counters: { said: 2, accepted: 2 },
    faults: [],
    chats: [{ id: AMINA, phoneOff: true, typing: false, last: { content: { kind: 'sticker' } } }],
  });
});

test('stores only the newest bubbles, up to the maximum', async () => {
  const [simulator] = await startWithApp({ maxStored: 3 });
  for (const person of [AMINA, AMINA, '15550000002', AMINA, AMINA]) simulator.say(person, 'salam');
  expect(await control(simulator, `chats/${AMINA}`)).toMatchObject({ bubbles: [{ order: 4 }, { order: 5 }] });
});

test('faults are set, listed and cleared', async () => {
  const [simulator] = await startWithApp();
  const set = await control(simulator, 'faults', { kind: 'refuse', code: 131056, next: 3 });
  expect(set).toEqual([{ kind: 'refuse', code: 131056, next: 3, on: 'sends' }]);
  await graph(simulator, { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.none' });
  await graph(simulator, text('hi'));
  expect(await control(simulator, 'faults')).toMatchObject([{ next: 2 }]);
  const cleared = await fetch(`${simulator.url}/control/faults`, { method: 'DELETE' });
  expect(await cleared.json()).toEqual([]);
});

test.each([
  ['people', { phone: '+1' }, /phone number is 7 to 15 digits/],
  ['say', { person: 'amina', text: 'hi' }, /identified by a phone number/],
  ['say', { person: AMINA }, /text/],
  ['say', { person: AMINA, text: 'hi', colour: 'green' }, /colour/],
  ['say', { person: AMINA, text: 'hi', at: -1 }, /at/],
  [
    'say',
    { person: AMINA, content: { kind: 'edit', to: 'wamid.none', text: 'hi' } },
    /only the sender of a message/,
  ],
  ['say', { person: AMINA, content: { kind: 'order', items: [] } }, /items/],
  ['number', { person: AMINA, phone: '+1' }, /phone number is 7 to 15 digits/],
  ['user-id', { person: AMINA, userId: 'x' }, /user id looks like/],
  ['people', { username: 'A B' }, /user name/],
  ['deliver', [1], /record/],
  ['read', {}, /person/],
  ['phone', { person: AMINA }, /off/],
  ['faults', { kind: 'earthquake' }, /kind/],
])('%s reports what is wrong with %o', async (path, body, problem) => {
  const [simulator] = await startWithApp();
  expect(await control(simulator, path, body)).toEqual({ error: expect.stringMatching(problem) });
  expect(simulator.counters.said).toBe(0);
});

test.each(['people', 'say', 'deliver', 'number', 'user-id', 'read', 'phone', 'faults'])(
  '%s without JSON is rejected with a sentence',
  async (path) => {
    const [simulator, app] = await startWithApp();
    for (const body of ['', '{', '\0']) {
      const response = await fetch(`${simulator.url}/control/${path}`, { method: 'POST', body });
      expect([response.status, await response.json()]).toEqual([400, { error: 'the body is not JSON' }]);
    }
    expect(app.taken).toEqual([]);
  },
);

test.each([
  ['GET', 'nothing', 404, /there is no GET/],
  ['GET', 'chats/15559999999', 404, /no person has/],
  ['GET', 'media/1', 404, /file does not exist/],
  ['PUT', 'say', 404, /there is no PUT/],
  ['GET', 'replies?after=soon', 400, /after/],
  ['DELETE', 'faults?kind=earthquake', 400, /Invalid option/],
])('%s %s gets %i and a message', async (method, path, status, sentence) => {
  const [simulator] = await startWithApp();
  const response = await fetch(`${simulator.url}/control/${path}`, { method });
  expect([response.status, await response.json()]).toEqual([
    status,
    { error: expect.stringMatching(sentence) },
  ]);
});

test.each([
  ['asks under another name', { host: 'evil.example' }],
  ['is another page', { origin: 'https://evil.example' }],
])('rejects a request that %s', async (_who, headers) => {
  const [simulator] = await startWithApp();
  const status = await new Promise((resolve, reject) => {
    const asking = request(`${simulator.url}/control/say`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end(JSON.stringify({ person: AMINA, text: 'hi' }));
  });
  expect(status).toBe(403);
  expect(simulator.counters.said).toBe(0);
});

test('a client of the event stream gets the full state first, then each change', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'before');
  const response = await fetch(`${simulator.url}/control/events`);
  const heard = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (what: RegExp): Promise<void> => {
    while (!what.test(text)) text += (await heard?.read())?.value ?? '';
  };
  await until(/event: start\ndata: .*"before".*\n\n/);
  simulator.say(AMINA, 'سلام');
  await until(/event: bubble\ndata: .*"سلام".*\n\n/);
  await until(/event: app\ndata: 200\n\n/);
  await heard?.cancel();
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
});
