import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Simulator } from '#scripts/simulator/simulator.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AMINA, startWithApp } from '../start-with-app.ts';

const LOCAL = {
  DEPLOYMENT_TYPE: 'local',
  META_API_URL: 'http://localhost:8002',
  BACKEND_SERVER_URL: 'http://localhost:8000',
  WHATSAPP_SERVICE_API_KEY: 'key',
};
const PEOPLE = [{ name: 'Amina', phone: AMINA }];

async function post({ url }: Simulator, path: string, body: unknown = {}) {
  const response = await fetch(`${url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

function appStarts(simulator: Simulator, environment: Record<string, string> = {}): void {
  const assistantUrl = 'http://localhost:8000';
  simulator.receive({ kind: 'app-starts', environment: { ...LOCAL, ...environment }, assistantUrl });
}

test('a chat is saved once, with what belongs to its person alone', async () => {
  const recordings = join(temporaryFolder(), 'not/yet/there');
  const batch = { waitMs: 20, chance: 1, max: 10 };
  const people = [...PEOPLE, { name: 'Yusuf', phone: '15550000002' }];
  const [simulator] = await startWithApp({ recordings, records: true, people, batch });
  appStarts(simulator);
  simulator.say('15550000002', 'mine');
  simulator.say(AMINA, 'hers');
  await simulator.idle();

  const wanted = { person: AMINA, name: 'one-chat' };
  expect(await post(simulator, 'recordings', wanted)).toEqual({
    status: 200,
    body: { name: 'one-chat', messages: 1, deliveries: 1, answers: 0 },
  });
  const text = readFileSync(join(recordings, 'one-chat.json'), 'utf8');
  expect(text).toContain('hers');
  for (const other of ['mine', 'Yusuf', '15550000002']) expect(text).not.toContain(other);
  expect(await post(simulator, 'recordings', wanted)).toMatchObject({
    status: 409,
    body: { error: expect.stringMatching(/already/) },
  });
  simulator.say(AMINA, 'and more');
  await simulator.idle();
  expect(await post(simulator, 'recordings', { ...wanted, replace: true })).toMatchObject({
    body: { messages: 2 },
  });
});

test('what cannot be recorded is refused with the reason', async () => {
  const [simulator] = await startWithApp({ recordings: temporaryFolder(), records: true, people: PEOPLE });
  const wanted = { person: AMINA, name: 'a-chat' };
  const refused = async (reason: RegExp, status = 409) =>
    expect(await post(simulator, 'recordings', wanted)).toMatchObject({
      status,
      body: { error: expect.stringMatching(reason) },
    });
  await refused(/not started by `npm run dev`/);
  appStarts(simulator);
  await refused(/Nothing has been written/);
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  appStarts(simulator, { META_API_URL: 'https://graph.facebook.com' });
  await refused(/real number/);
  appStarts(simulator, { ASSISTANT: 'openai', OPENAI_API_KEY: 'key', OPENAI_MODEL: 'model' });
  await refused(/ASSISTANT=ansari/);
  for (const name of ['../secrets', 'Upper', '', 'a b'])
    expect(await post(simulator, 'recordings', { ...wanted, name })).toMatchObject({ status: 400 });
  expect(await post(simulator, 'recordings', { ...wanted, person: '15559999999' })).toMatchObject({
    status: 404,
  });
});

test('a file that is no recording, and one of the other channel, are named', async () => {
  const recordings = temporaryFolder();
  mkdirSync(recordings, { recursive: true });
  writeFileSync(join(recordings, 'broken.json'), '{"version":1,');
  writeFileSync(join(recordings, 'future.json'), '{"version":2}');
  const twilio = join(import.meta.dirname, '../../../fixtures/chats/twilio-voice.json');
  writeFileSync(join(recordings, 'by-twilio.json'), readFileSync(twilio));
  const [simulator] = await startWithApp({ recordings, people: PEOPLE });
  for (const [name, status, reason] of [
    ['broken', 400, /broken\.json is no recorded chat/],
    ['future', 400, /future\.json is no recorded chat/],
    ['by-twilio', 409, /--channel twilio/],
    ['none', 404, /no recorded chat none/],
  ] as const)
    expect(await post(simulator, `recordings/${name}/replay`)).toMatchObject({
      status,
      body: { error: expect.stringMatching(reason) },
    });
});

test('opening a recorded chat twice shows it once, and delivers nothing', async () => {
  const recordings = join(import.meta.dirname, '../../../fixtures/chats');
  const [simulator, app] = await startWithApp({ recordings, people: PEOPLE });
  const first = await post(simulator, 'recordings/arabic/open');
  expect(await post(simulator, 'recordings/arabic/open')).toEqual(first);
  expect(simulator.replies.list(z.object({ person: z.string() }).parse(first.body).person)).toHaveLength(2);
  expect(app.taken).toEqual([]);
});

test('a chat whose beginning is not kept is refused', async () => {
  const recordings = join(import.meta.dirname, '../../../fixtures/chats');
  const [simulator] = await startWithApp({ recordings, records: true, people: PEOPLE });
  appStarts(simulator);
  const opened = await post(simulator, 'recordings/arabic/open');
  const { person } = z.object({ person: z.string() }).parse(opened.body);
  simulator.say(person, 'and now?');
  await simulator.idle();
  expect(await post(simulator, 'recordings', { person, name: 'half-a-chat' })).toMatchObject({
    status: 409,
    body: { error: expect.stringMatching(/not kept from its beginning/) },
  });
});
