import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Faults } from '#app/backend/faults.ts';
import { openMemory } from '#app/backend/memory.ts';
import { chatCompletionReplies, type Replies } from '#app/backend/replies.ts';
import { echoReplies, emptyReplies } from '#app/backend/sample-replies.ts';
import { type Backend, startBackend } from '#app/backend/start.ts';
import type { Clock } from '#app/ports/clock.ts';
import { fakeOpenAi } from '../../fakes/openai.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const KEYS = ['first-key', 'second-key'];
let folder: string;
let backend: Backend | undefined;
let reports: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
  reports = [];
});
afterEach(async () => {
  await backend?.close();
  await rm(folder, { recursive: true });
});

interface StartOptions {
  readonly replies?: Replies;
  readonly cutsAnswers?: boolean;
  readonly databaseIsDown?: boolean;
  readonly webUsers?: readonly string[];
  readonly faults?: Faults;
  readonly clock?: Clock;
}

async function start({
  replies = echoReplies({ clock: wallClock, wordMs: 0 }),
  faults,
  clock = wallClock,
  ...options
}: StartOptions = {}) {
  backend = await startBackend({
    port: 0,
    apiKeys: KEYS,
    databasePath: join(folder, 'db', 'backend.db'),
    replies,
    clock,
    newId: randomUUID,
    report: (event) => reports.push(event),
    ...options,
    ...(faults && { faults }),
  });
}

async function call(method: string, path: string, body?: unknown, key = 'first-key'): Promise<Response> {
  return await fetch(`${backend?.url}/whatsapp/v2${path}`, {
    method,
    headers: { 'x-whatsapp-api-key': key, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

async function json(method: string, path: string, body?: unknown) {
  return JSON.parse(await (await call(method, path, body)).text());
}

const register = (phone: string) =>
  json('POST', '/users/register', { phone_num: phone, preferred_language: 'ar' });
async function openThread(phone: string): Promise<string> {
  await register(phone);
  return (await json('POST', '/threads', { phone_num: phone, title: 'a title' })).thread_id;
}
const ISOFORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/;
const historyOf = async (phone: string, threadId: string) =>
  (await json('GET', `/threads/${threadId}/history?phone_num=${phone}`)).messages;
const ask = (phone: string, threadId: string, message: string) =>
  call('POST', '/messages/process', { phone_num: phone, thread_id: threadId, message });

describe('the API key', () => {
  beforeEach(() => start());

  test('is accepted when it is one of several', async () => {
    for (const key of KEYS) {
      expect((await call('GET', '/users/exists?phone_num=1', undefined, key)).status).toBe(200);
    }
  });

  test.each(['', 'first-ke', 'first-key2', 'FIRST-KEY'])('is rejected when it is %o', async (key) => {
    const response = await call('GET', '/users/exists?phone_num=1', undefined, key);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('ApiKey');
    expect(await response.json()).toEqual({ detail: 'Unauthorized: Invalid or missing API key' });
  });

  test('returns 400 when the header is missing', async () => {
    const response = await fetch(`${backend?.url}/whatsapp/v2/users/exists?phone_num=1`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      detail:
        "[{'type': 'missing', 'loc': ('header', 'x-whatsapp-api-key'), 'msg': 'Field required', 'input': None}]",
    });
  });

  test('is not required for the root, which health checks request', async () => {
    expect((await fetch(`${backend?.url}/`)).status).toBe(200);
  });

  test('is checked before the body is read', async () => {
    expect((await call('POST', '/threads', '{not json', 'wrong')).status).toBe(401);
  });
});

describe('persons and threads', () => {
  beforeEach(() => start());

  test('a person exists after registration, and a second registration succeeds too', async () => {
    expect(await json('GET', '/users/exists?phone_num=1')).toEqual({ exists: false });
    const done = { status: 'success', user_id: { status: 'success' } };
    expect(await register('1')).toEqual(done);
    const threadId = await openThread('1');
    expect(await register('1')).toEqual(done);
    expect(await json('GET', '/users/exists?phone_num=1')).toEqual({ exists: true });
    expect(await json('GET', '/threads/last?phone_num=1')).toMatchObject({ thread_id: threadId });
  });

  test('a person known from the web exists, and is not found until registered', async () => {
    await backend?.close();
    await start({ webUsers: ['7'] });
    expect(await json('GET', '/users/exists?phone_num=7')).toEqual({ exists: true });
    const missing = await call('GET', '/threads/last?phone_num=7');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ detail: 'WhatsApp user not found' });
    await register('7');
    expect((await call('GET', '/threads/last?phone_num=7')).status).toBe(200);
  });

  test('the last thread is the one that changed last', async () => {
    await register('1');
    expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
      thread_id: null,
      last_message_time: null,
    });
    const older = await openThread('1');
    const newer = await openThread('1');
    expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
      thread_id: newer,
      last_message_time: expect.stringMatching(ISOFORMAT),
    });
    await (await ask('1', older, 'hello')).text();
    expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
      thread_id: older,
      last_message_time: expect.stringMatching(ISOFORMAT),
    });
  });

  test('the history has all messages, oldest first', async () => {
    const threadId = await openThread('1');
    const answer = await (await ask('1', threadId, 'ما الصبر؟')).text();
    expect(await json('GET', `/threads/${threadId}/history?phone_num=1`)).toEqual({
      thread_name: 'a title',
      messages: [
        { id: expect.stringMatching(/^[0-9a-f]{24}$/), role: 'user', content: 'ما الصبر؟' },
        { id: expect.stringMatching(/^[0-9a-f]{24}$/), role: 'assistant', content: answer },
      ],
    });
  });

  test("another person's thread is 404, for reads and writes", async () => {
    const threadId = await openThread('1');
    await register('2');
    expect((await call('GET', `/threads/${threadId}/history?phone_num=2`)).status).toBe(404);
    expect((await ask('2', threadId, 'let me in')).status).toBe(404);
    expect(await json('GET', '/threads/last?phone_num=2')).toMatchObject({ thread_id: null });
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toEqual([]);
  });

  test('an unknown person is 404', async () => {
    const threadId = await openThread('1');
    const answers = await Promise.all([
      call('GET', '/threads/last?phone_num=9'),
      call('GET', `/threads/${threadId}/history?phone_num=9`),
      call('POST', '/threads', { phone_num: '9', title: 't' }),
      ask('9', threadId, 'hello'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    for (const answer of answers) expect(await answer.json()).toEqual({ detail: expect.any(String) });
  });

  test('messages survive a restart, for their owner only', async () => {
    const threadId = await openThread('1');
    await (await ask('1', threadId, 'hello')).text();
    await backend?.close();
    await start();
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toHaveLength(2);
    const files = ['backend.db', 'backend.db-wal', 'backend.db-shm'].map((file) => join(folder, 'db', file));
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('an invalid request', () => {
  beforeEach(() => start());

  test.each([
    ['not JSON', '{', /^\[\{'type': 'json_invalid', 'loc': \('body', 0\)/],
    ['a list', '[]', /^\[\{'type': 'model_attributes_type', 'loc': \('body',\),.*'input': \[\]\}\]$/],
    ['nothing', undefined, /^\[\{'type': 'missing', 'loc': \('body',\),/],
    [
      'no title',
      { phone_num: "O'1" },
      /^\[\{'type': 'missing', 'loc': \('body', 'title'\), .*'input': \{'phone_num': "O'1"\}\}\]$/,
    ],
    [
      'a number for a phone number',
      { phone_num: 1, title: 't' },
      /^\[\{'type': 'string_type', 'loc': \('body', 'phone_num'\), 'msg': 'Input should be a valid string', 'input': 1\}\]$/,
    ],
  ])('returns 400 for %s', async (_case, body, detail) => {
    const response = await call('POST', '/threads', body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ detail: expect.stringMatching(detail) });
    expect(reports).toEqual([]);
  });

  test('returns 400 for a missing parameter', async () => {
    const response = await call('GET', '/users/exists');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ detail: expect.stringContaining("('query', 'phone_num')") });
  });

  test.each(['', ' ', 'x'.repeat(1_500_000)])('accepts a message of any length', async (message) => {
    const threadId = await openThread('1');
    expect((await ask('1', threadId, message)).status).toBe(200);
    expect((await historyOf('1', threadId))[0].content).toBe(message);
  });

  test('returns 404 for an unknown route and 405 for an unknown method', async () => {
    expect((await call('GET', '/location')).status).toBe(404);
    expect((await call('DELETE', '/threads')).status).toBe(405);
  });
});

describe('an answer', () => {
  /** Replies that yield a piece when the test writes one. */
  function controlledReplies() {
    let step = Promise.withResolvers<string>();
    const stopped = Promise.withResolvers<void>();
    const replies: Replies = async function* (_question, _history, signal) {
      signal.addEventListener('abort', () => {
        step.reject(signal.reason);
        stopped.resolve();
      });
      for (;;) {
        const piece = await step.promise;
        if (piece === '') return;
        step = Promise.withResolvers();
        yield piece;
      }
    };
    return { replies, stopped: stopped.promise, write: (piece: string) => step.resolve(piece) };
  }

  test('is streamed as it is written', async () => {
    const { replies, write } = controlledReplies();
    await start({ replies });
    const threadId = await openThread('1');
    // The headers arrive before the first piece.
    const response = await ask('1', threadId, 'hello');
    write('one ');
    expect(response.headers.get('content-type')).toBeNull();
    const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await pieces?.read()).toEqual({ done: false, value: 'one ' });
    write('two');
    expect(await pieces?.read()).toEqual({ done: false, value: 'two' });
    write('');
    expect((await pieces?.read())?.done).toBe(true);
  });

  test('is neither continued nor stored after the client disconnected; the question is stored', async () => {
    const { replies, write, stopped } = controlledReplies();
    await start({ replies });
    const threadId = await openThread('1');
    write('one ');
    const response = await ask('1', threadId, 'hello');
    await response.body?.cancel();
    await stopped;
    expect(await historyOf('1', threadId)).toMatchObject([{ role: 'user', content: 'hello' }]);
    expect(reports).toEqual([]);
  });

  test('breaks off when the backend stops', async () => {
    const { replies, write } = controlledReplies();
    await start({ replies });
    write('one ');
    const response = await ask('1', await openThread('1'), 'hello');
    await backend?.close();
    await expect(response.text()).rejects.toThrow();
  });

  test.each([0, 1])('of a model that fails after %i pieces ends like a complete one', async (pieces) => {
    await start({
      async *replies() {
        for (let remaining = pieces; remaining > 0; remaining -= 1) yield 'so ';
        throw new Error('the model is unavailable');
      },
    });
    const threadId = await openThread('1');
    const response = await ask('1', threadId, 'hello');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('so '.repeat(pieces));
    expect(reports).toEqual(['the model failed']);
    expect(await historyOf('1', threadId)).toMatchObject([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: expect.stringMatching(/^I encountered a problem/) },
    ]);
  });

  test('that is empty is stored as empty', async () => {
    await start({ replies: emptyReplies });
    const threadId = await openThread('1');
    const response = await ask('1', threadId, 'hello');
    expect(await response.text()).toBe('');
    expect(await historyOf('1', threadId)).toMatchObject([{ role: 'user' }, { content: '' }]);
  });

  test('that is cut by an option is stored completely', async () => {
    await start({ cutsAnswers: true });
    const threadId = await openThread('1');
    await expect((await ask('1', threadId, 'hello there')).text()).rejects.toThrow();
    expect((await historyOf('1', threadId))[1].content).toContain('> hello there');
  });

  test('has a citation when the question asks for one', async () => {
    await start();
    const threadId = await openThread('1');
    expect(await (await ask('1', threadId, 'Which verse?')).text()).toMatch(
      / \[1\] \n\n\*\*Citations\*\*:\n\[1\] Quran 94:5-6:\n Arabic: .+\n\n English: .+\n\n$/,
    );
  });

  test('of a model has the earlier messages as context', async () => {
    const model = await fakeOpenAi();
    const settings = { apiUrl: model.url, apiKey: model.apiKey, model: 'm', instructions: 'Be brief.' };
    await start({ replies: chatCompletionReplies(settings, wallClock) });
    const threadId = await openThread('1');
    expect(await (await ask('1', threadId, 'first')).text()).toBe('You said 2 things, last: first');
    expect(await (await ask('1', threadId, 'second')).text()).toBe('You said 4 things, last: second');
    expect(JSON.parse(model.seen[1]?.body ?? '').messages[0]).toEqual({
      role: 'system',
      content: 'Be brief.',
    });

    model.script([{ type: 'unfinished', choices: [{ delta: { content: 'half' } }] }]);
    expect(await (await ask('1', threadId, 'third')).text()).toBe('half');
    model.fail(500, {});
    expect(await (await ask('1', threadId, 'fourth')).text()).toBe('');
    await model.close();
  });
});

test('a database failure has the responses of ansari-backend', async () => {
  await start({ databaseIsDown: true });
  expect(await register('1')).toEqual({ status: 'success', user_id: { status: 'failure' } });
  expect(await json('GET', '/users/exists?phone_num=1')).toEqual({ exists: false });
  expect(await json('POST', '/threads', { phone_num: '1', title: 't' })).toEqual({ thread_id: 'None' });
  expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
    thread_id: null,
    last_message_time: null,
  });
  expect((await ask('1', 'a', 'hello')).status).toBe(404);
});

describe('injected faults', () => {
  const always = { chance: 1, random: () => 0 };

  test('return a status with Retry-After', async () => {
    await start({ faults: { ...always, kinds: [{ kind: 'status', status: 503, retryAfterSeconds: 3 }] } });
    const response = await call('GET', '/users/exists?phone_num=1');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('3');
  });

  test('cut a response after some bytes', async () => {
    await start({ faults: { ...always, kinds: [{ kind: 'cut', afterBytes: 4 }] } });
    const response = await call('GET', '/users/exists?phone_num=1');
    expect(response.status).toBe(200);
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('{"ex');
    await expect((await call('GET', '/users/exists?phone_num=1')).text()).rejects.toThrow();
  });

  test('end a delay when the client disconnects', async () => {
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const clock: Clock = {
      now: Date.now,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          started.resolve();
          signal?.addEventListener('abort', () => {
            reject(signal.reason);
            ended.resolve();
          });
        }),
    };
    const numbers = [0, 0];
    const faults: Faults = {
      chance: 0.5,
      random: () => numbers.shift() ?? 1,
      kinds: [{ kind: 'delay', ms: 1 }],
    };
    await start({ faults, clock });
    const disconnect = new AbortController();
    const waiting = fetch(`${backend?.url}/whatsapp/v2/users/exists?phone_num=1`, {
      headers: { 'x-whatsapp-api-key': 'first-key' },
      signal: disconnect.signal,
    });
    await started.promise;
    disconnect.abort();
    await expect(waiting).rejects.toThrow();
    await ended.promise;
    expect((await call('GET', '/users/exists?phone_num=1')).status).toBe(200);
    expect(reports).toEqual([]);
  });

  test('choose by chance whether to fail, then how', async () => {
    const numbers = [0.5, 0.49, 0.99, 0.2, 0];
    await start({
      faults: {
        chance: 0.5,
        random: () => numbers.shift() ?? 1,
        kinds: [
          { kind: 'status', status: 500 },
          { kind: 'status', status: 429 },
        ],
      },
    });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await call('GET', '/users/exists?phone_num=1')).status);
    expect(statuses).toEqual([200, 429, 500]);
  });
});

test('restricts the mode of a readable file', async () => {
  const path = join(folder, 'open.db');
  await writeFile(path, '', { mode: 0o644 });
  openMemory({ path, clock: wallClock, newId: randomUUID }).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('does not change a file of a newer version', () => {
  const path = join(folder, 'newer.db');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => openMemory({ path, clock: wallClock, newId: randomUUID })).toThrow(/schema 99/);
});

test('migrates a file of schema 1, which then accepts a second user with the same number', async () => {
  const path = join(folder, 'older.db');
  const db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE users (
      id TEXT PRIMARY KEY, phone TEXT NOT NULL UNIQUE, language TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE threads (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), title TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX threads_of_user ON threads (user_id);
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY, thread_id TEXT NOT NULL REFERENCES threads (id),
      role TEXT NOT NULL CHECK (role IN ('user', 'assistant')), content TEXT NOT NULL, said_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX messages_of_thread ON messages (thread_id, said_at);
    INSERT INTO users VALUES ('u', '1', 'en', 5);
    INSERT INTO threads VALUES ('t', 'u', 'a title', 6);
    INSERT INTO messages VALUES (1, 't', 'user', 'hello', 7);
    PRAGMA user_version = 1`);
  db.close();
  const memory = openMemory({ path, clock: wallClock, newId: randomUUID });
  expect(memory.userOf('1')).toBe('u');
  expect(memory.lastThread('u')).toEqual({ threadId: 't', lastAt: 7 });
  memory.append('t', { role: 'assistant', content: 'yes' });
  expect(memory.history('t')).toHaveLength(2);
  expect(memory.register('1', 'ar', 'whatsapp')).toBe(true);
  expect(memory.userOf('1')).toBe('u');
  memory.close();
});
