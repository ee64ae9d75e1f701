import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createAnsariAssistant } from '#app/assistants/ansari.ts';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { startBackend } from '#app/backend/start.ts';
import { Forgotten, Refused } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { assistantContract } from '../../contracts/assistant.ts';
import { assistantFaultsContract, NOW, SECRET_KEY } from '../../contracts/assistant-faults.ts';
import { type FakeServer, fakeServer, type Seen } from '../../fakes/http-server.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const signal = new AbortController().signal;

assistantContract(
  'Ansari over the reference backend',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backend-'));
    const backend = await startBackend({
      port: 0,
      apiKeys: ['a-key'],
      databasePath: join(folder, 'backend.db'),
      replies: echoReplies({ clock: wallClock, wordMs: 0 }),
      clock: wallClock,
      newId: randomUUID,
    });
    return {
      // A minute later, so that a thread that has just changed counts as complete.
      assistant: createAnsariAssistant({
        serverUrl: `${backend.url}/`,
        apiKey: () => 'a-key',
        clock: { now: () => wallClock.now() + 60_000 },
      }),
      async close() {
        await backend.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  { rejectsUnknownThreads: true, findsThreads: true, readsThreads: true, countsTokens: false },
);

assistantFaultsContract('Ansari', {
  type: 'text/plain; charset=utf-8',
  create: (url, limits) =>
    createAnsariAssistant({ serverUrl: url, apiKey: () => SECRET_KEY, clock: { now: () => NOW }, limits }),
  piece: (text) => text,
  completion: () => '',
  keyCode: 'backend-key',
  refused: [413, 422],
});

describe('the calls of Ansari to the backend', () => {
  let server: FakeServer;
  afterEach(() => server.close());

  async function assistantFor(answers: Record<string, unknown>, status = 200): Promise<Assistant> {
    server = await fakeServer((res, { method, url }) => {
      res.writeHead(status, { 'content-type': 'application/json' });
      const body = answers[`${method} ${url.split('?', 1)[0]?.replace('/whatsapp/v2', '')}`];
      res.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    return createAnsariAssistant({ serverUrl: server.url, apiKey: () => 'k', clock: wallClock });
  }
  const line = ({ method, url, body }: Seen) => `${method} ${url} ${body}`;

  test('reuses one connection', async () => {
    server = await fakeServer((res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('yes'));
    const assistant = createAnsariAssistant({ serverUrl: server.url, apiKey: () => 'k', clock: wallClock });
    const question = { assistantUserId: '1555', threadId: 't', text: 'hello' };
    await assistant.answer(question, signal);
    await assistant.answer(question, signal);
    expect(server.connections()).toBe(1);
  });

  test('registers an unknown person', async () => {
    const assistant = await assistantFor({
      'GET /users/exists': { exists: false },
      'POST /users/register': { status: 'success', user_id: 'u' },
    });
    await assistant.register('+1 555', 'ar', signal);
    expect(server.seen.map(line)).toEqual([
      'GET /whatsapp/v2/users/exists?phone_num=%2B1+555 ',
      'POST /whatsapp/v2/users/register {"phone_num":"+1 555","preferred_language":"ar"}',
    ]);
    expect(server.seen.map(({ headers }) => headers['x-whatsapp-api-key'])).toEqual(['k', 'k']);
  });

  test('registers again without a check', async () => {
    const registered = { status: 'success', user_id: { status: 'success' } };
    const assistant = await assistantFor({ 'POST /users/register': registered });
    await assistant.registerAnew('1555', 'ar', signal);
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['register', (assistant: Assistant, stop: AbortSignal) => assistant.register('1555', 'ar', stop)],
    ['lastThread', (assistant: Assistant, stop: AbortSignal) => assistant.lastThread('1555', stop)],
    ['openThread', (assistant: Assistant, stop: AbortSignal) => assistant.openThread('1555', 't', stop)],
  ])('%s rejects with the reason of its signal when the backend does not respond', async (_name, begin) => {
    const stop = new AbortController();
    const reason = new Error('the process is shutting down');
    server = await fakeServer(() => stop.abort(reason));
    const assistant = createAnsariAssistant({ serverUrl: server.url, apiKey: () => 'k', clock: wallClock });
    await expect(begin(assistant, stop.signal)).rejects.toBe(reason);
  });

  test('does not register a known person', async () => {
    const assistant = await assistantFor({ 'GET /users/exists': { exists: true } });
    await assistant.register('1555', 'ar', signal);
    expect(server.seen).toHaveLength(1);
  });

  test('reads a time without a zone as UTC', async () => {
    const last = { thread_id: 't', last_message_time: '2026-01-02T03:04:05.123456' };
    const assistant = await assistantFor({ 'GET /threads/last': last });
    expect(await assistant.lastThread('1555', signal)).toEqual({
      id: 't',
      lastAt: Date.UTC(2026, 0, 2, 3, 4, 5, 123),
    });
  });

  test.each([
    { thread_id: null, last_message_time: null },
    { thread_id: 't', last_message_time: null },
  ])('returns no last thread for %o', async (last) => {
    const assistant = await assistantFor({ 'GET /threads/last': last });
    expect(await assistant.lastThread('1555', signal)).toBeUndefined();
  });

  test.each([
    '{"thread_id"',
    '[]',
    { thread_id: 7, last_message_time: null },
    { thread_id: 't', last_message_time: 'soon' },
  ])('throws Unavailable for an unexpected response: %o', async (last) => {
    const assistant = await assistantFor({ 'GET /threads/last': last });
    await expect(assistant.lastThread('1555', signal)).rejects.toMatchObject({
      name: 'Unavailable',
      code: 'unexpected-answer',
    });
  });

  test('throws Unavailable for a failed registration', async () => {
    const assistant = await assistantFor({
      'GET /users/exists': { exists: false },
      'POST /users/register': { status: 'failure', user_id: 'u' },
    });
    await expect(assistant.register('1555', 'ar', signal)).rejects.toMatchObject({
      code: 'failed-inside',
    });
  });

  test('maps 404 to Forgotten, except for a registration', async () => {
    const assistant = await assistantFor({}, 404);
    await expect(assistant.openThread('1555', 't', signal)).rejects.toBeInstanceOf(Forgotten);
    await expect(assistant.lastThread('1555', signal)).rejects.toBeInstanceOf(Forgotten);
    await expect(assistant.register('1555', 'en', signal)).rejects.toMatchObject({
      name: 'Unavailable',
      scope: 'app',
    });
  });

  test('maps 422 to Refused', async () => {
    const assistant = await assistantFor({}, 422);
    await expect(assistant.openThread('1555', 't', signal)).rejects.toBeInstanceOf(Refused);
  });
});
