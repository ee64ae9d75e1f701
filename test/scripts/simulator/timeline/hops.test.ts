import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createRecorder } from '#scripts/simulator/timeline/recorder.ts';
import { AMINA, control, graph, NUMBER, startWithApp, text } from '../start-with-app.ts';
import { entriesOf, hopOf, hopsOf } from './read.ts';
import { createChatsForTest, exchange } from './samples.ts';

const run = promisify(execFile);

test('both directions of every delivery can be opened, also of attempts without a response', async () => {
  const [simulator, app] = await startWithApp({ records: true });
  app.answers.push(503, 'hang up');
  const id = simulator.say(AMINA, 'سلام');
  await simulator.idle();

  const hops = await hopsOf(simulator, AMINA);
  expect(hops).toMatchObject([
    { kind: 'delivery', method: 'POST', url: app.url, attempt: 1, status: 503, messages: [id] },
    { kind: 'delivery', attempt: 2, failure: 'cut', messages: [id] },
    { kind: 'delivery', attempt: 3, status: 200, messages: [id] },
  ]);
  expect(hops[1]).not.toHaveProperty('status');
  const hop = await hopOf(simulator, hops[2]?.id);
  expect(hop).toMatchObject({ id: hops[2]?.id, attempt: 3, response: { status: 200, body: '' } });
  expect(hop.request.body).toBe(app.taken[2]?.raw.toString());
  expect(hop.request.headers).toContainEqual(['x-hub-signature-256', app.taken[2]?.signature]);
});

test('a call of the API is kept without its token, also one that a fault cuts or rejects', async () => {
  const [simulator] = await startWithApp({ records: true });
  const said = simulator.say(AMINA, 'salam');
  const key = { biz_opaque_callback_data: 'turn-1.0' };
  const reply = (await graph(simulator, text('hi', key))).body.messages[0]?.id;
  simulator.faults.add({ kind: 'cut', next: 1 });
  await expect(graph(simulator, text('cut', key))).rejects.toThrow();
  simulator.faults.add({ kind: 'lost', next: 1 });
  await expect(graph(simulator, text('lost', key))).rejects.toThrow();
  simulator.faults.add({ kind: 'refuse', code: 131056, next: 1 });
  await graph(simulator, text('refused', key));
  await graph(simulator, { messaging_product: 'whatsapp', status: 'read', message_id: said });
  const calls = async () => (await hopsOf(simulator, AMINA)).filter(({ kind }) => kind === 'api');
  await expect.poll(async () => (await calls()).length).toBe(5);

  const [sent, cut, lost, refused, receipt] = await calls();
  expect(sent).toMatchObject({ status: 200, messages: [reply], turn: 'turn-1' });
  expect(cut).toMatchObject({ failure: 'cut', fault: 'cut', messages: [], turn: 'turn-1' });
  expect(lost).toMatchObject({ failure: 'cut', fault: 'lost', messages: [expect.any(String)] });
  expect(refused).toMatchObject({ status: 400, fault: 'refuse' });
  expect(receipt).toMatchObject({ status: 200, messages: [said] });

  const hop = await hopOf(simulator, sent?.id);
  expect(JSON.parse(hop.request.body)).toMatchObject({ text: { body: 'hi' } });
  expect(JSON.parse(hop.response?.body ?? '')).toMatchObject({ messages: [{ id: reply }] });
  expect(hop.request.headers).toContainEqual(['authorization', 'Bearer …']);
  expect(hop.curl).toContain('-H "Authorization: Bearer $META_ACCESS_TOKEN_FROM_SYS_USER"');
  expect(JSON.stringify(hop)).not.toContain('development-access-token');
  expect((await hopOf(simulator, cut?.id)).response).toBeUndefined();
});

test('a call with the token in its address, or rejected because of it, is kept too', async () => {
  const [simulator] = await startWithApp({ records: true });
  simulator.say(AMINA, 'salam');
  await fetch(`${simulator.url}/v25.0/${NUMBER}/messages?access_token=development-access-token`, {
    method: 'POST',
    body: JSON.stringify(text('hi')),
  });
  await graph(simulator, text("it's"), { token: 'wrong' });
  const calls = async () => (await hopsOf(simulator, AMINA)).filter(({ kind }) => kind === 'api');
  await expect.poll(async () => (await calls()).length).toBe(2);
  const [inAddress, rejected] = await calls();
  const hop = await hopOf(simulator, inAddress?.id);
  expect(hop.url).toMatch(/access_token=\$META_ACCESS_TOKEN_FROM_SYS_USER$/);
  expect(hop.curl).toContain(`access_token='"$META_ACCESS_TOKEN_FROM_SYS_USER"`);
  expect(JSON.stringify(hop)).not.toContain('development-access-token');
  expect(rejected).toMatchObject({ status: 401 });
  expect((await hopOf(simulator, rejected?.id)).request.body).toContain("it's");
});

test('the curl of a delivery makes the same delivery in a shell', async () => {
  const [simulator, app] = await startWithApp({ records: true });
  simulator.say(AMINA, `it's "$HOME" \`date\` \\ سلام`);
  await simulator.idle();
  const [{ id } = { id: '' }] = await hopsOf(simulator, AMINA);
  const { curl } = await hopOf(simulator, id);
  const { stdout } = await run('sh', ['-c', curl]);
  expect(stdout).toMatch(/^HTTP\/1.1 200/);
  expect(app.taken).toHaveLength(2);
  expect(app.taken[1]?.raw.toString()).toBe(app.taken[0]?.raw.toString());
  expect(app.taken[1]?.signature).toBe(app.taken[0]?.signature);
});

test('a delivery is sent again as it was or edited, with the signature of its body', async () => {
  const [simulator, app] = await startWithApp({ records: true });
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  const [first] = await hopsOf(simulator, AMINA);
  const path = `hops/${first?.id}/resend`;
  const again = await control(simulator, path, {});
  const edited = (await hopOf(simulator, first?.id)).request.body.replace('salam', 'edited');
  await control(simulator, path, { body: edited });

  expect(app.taken.map(({ raw }) => raw.toString())).toEqual([
    edited.replace('edited', 'salam'),
    edited.replace('edited', 'salam'),
    edited,
  ]);
  expect(app.taken[1]?.signature).toBe(app.taken[0]?.signature);
  expect(app.taken[2]?.signature).not.toBe(app.taken[0]?.signature);
  const hops = await hopsOf(simulator, AMINA);
  expect(hops.map(({ resent }) => resent)).toEqual([undefined, true, true]);
  expect(again).toEqual({ id: hops[1]?.id });
  // The platform repeats what was not accepted; a person who sends again sees the response.
  app.answers.push(500);
  await control(simulator, path, {});
  await simulator.idle();
  expect((await hopsOf(simulator, AMINA)).at(-1)).toMatchObject({ status: 500, resent: true });
  expect(app.taken).toHaveLength(4);
});

test('only deliveries are sent again, and only those that are kept', async () => {
  const [simulator] = await startWithApp({ records: true });
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('hi'));
  const api = async () => (await hopsOf(simulator, AMINA)).find(({ kind }) => kind === 'api')?.id;
  await expect.poll(api).toBeDefined();
  const post = (path: string, body: unknown) =>
    fetch(`${simulator.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const id = await api();
  const responses = [
    await post(`hops/${id}/resend`, {}),
    await post('hops/none/resend', {}),
    await post(`hops/${id}/resend`, { body: 5 }),
    await fetch(`${simulator.url}/control/hops/none`),
    await fetch(`${simulator.url}/control/timeline?person=15559999999`),
    await fetch(`${simulator.url}/control/timeline`),
  ];
  expect(responses.map(({ status }) => status)).toEqual([409, 404, 400, 404, 404, 400]);
});

test('a wrong signature is one attempt, and the next one is right', async () => {
  const [simulator, app] = await startWithApp({ records: true });
  app.answers.push(401);
  simulator.faults.add({ kind: 'wrong_signature', next: 1, person: AMINA });
  simulator.say('15550000002', 'not hers');
  await simulator.idle();
  app.answers.push(401);
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  const hops = await hopsOf(simulator, AMINA);
  expect(hops).toMatchObject([{ fault: 'wrong_signature', status: 401 }, { status: 200 }]);
  expect(hops[1]).not.toHaveProperty('fault');
  const signatures = app.taken.map(({ signature }) => signature);
  expect(signatures.filter((one) => one === `sha256=${'0'.repeat(64)}`)).toHaveLength(1);
  expect(signatures.at(-1)).not.toBe(`sha256=${'0'.repeat(64)}`);
});

test('nothing is recorded unless it is asked for', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  expect(await entriesOf(simulator, AMINA)).toEqual([]);
});

test('a body is kept up to 64 KB, and at most 2,000 exchanges', async () => {
  const [simulator] = await startWithApp({ records: true });
  simulator.say(AMINA, 'ق'.repeat(40_000));
  await simulator.idle();
  const [first] = await hopsOf(simulator, AMINA);
  const { request, curl } = await hopOf(simulator, first?.id);
  expect(request.body).toHaveLength(64 * 1024 + 1);
  expect(request.body.endsWith('…')).toBe(true);
  expect(curl).toMatch(/^# Only the beginning/);
  const resent = await control(simulator, `hops/${first?.id}/resend`, {});
  expect(resent).toEqual({ error: 'Only the beginning of this body is kept: give a whole one.' });

  const recorder = createRecorder({ chats: createChatsForTest(), now: Date.now, onEntry() {} });
  const ids = Array.from({ length: 2_001 }, () => recorder.exchange(exchange()));
  expect(recorder.find(ids[0] ?? '')).toBeUndefined();
  expect(recorder.find(ids[1] ?? '')).toBeDefined();
  const large = Array.from({ length: 1_100 }, () => recorder.exchange(exchange('x'.repeat(70_000))));
  expect(large.filter((id) => recorder.find(id) !== undefined).length).toBe(1_024);
});
