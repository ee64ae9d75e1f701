import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Faults } from '../../../app/backend/faults.ts';
import { openMemory } from '../../../app/backend/memory.ts';
import { chatCompletionReplies, echoReplies, type Replies } from '../../../app/backend/replies.ts';
import { type Backend, startBackend } from '../../../app/backend/start.ts';
import type { Clock } from '../../../app/ports.ts';
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

interface Setting {
  readonly replies?: Replies;
  readonly faults?: Faults;
  readonly clock?: Clock;
}

async function start({
  replies = echoReplies({ clock: wallClock, wordMs: 0 }),
  faults,
  clock = wallClock,
}: Setting = {}) {
  backend = await startBackend({
    port: 0,
    apiKeys: KEYS,
    databasePath: join(folder, 'db', 'backend.db'),
    replies,
    clock,
    newId: randomUUID,
    report: (what) => reports.push(what),
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
const ask = (phone: string, threadId: string, message: string) =>
  call('POST', '/messages/process', { phone_num: phone, thread_id: threadId, message });

describe('the key', () => {
  beforeEach(() => start());

  test('each of several is taken', async () => {
    for (const key of KEYS) {
      expect((await call('GET', '/users/exists?phone_num=1', undefined, key)).status).toBe(200);
    }
  });

  test.each(['', 'first-ke', 'first-key2', 'FIRST-KEY'])('%o is not', async (key) => {
    const response = await call('GET', '/users/exists?phone_num=1', undefined, key);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail: 'the API key is missing or wrong' });
  });

  test('is asked for before the body is read', async () => {
    expect((await call('POST', '/threads', '{not json', 'wrong')).status).toBe(401);
  });
});

describe('persons and threads', () => {
  beforeEach(() => start());

  test('a person exists once registered, under one id', async () => {
    expect(await json('GET', '/users/exists?phone_num=1')).toEqual({ exists: false });
    const first = await register('1');
    expect(first).toEqual({ status: 'success', user_id: expect.any(String) });
    expect(await register('1')).toEqual(first);
    expect(await json('GET', '/users/exists?phone_num=1')).toEqual({ exists: true });
  });

  test('the last thread is the one in which something happened last', async () => {
    await register('1');
    expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
      thread_id: null,
      last_message_time: null,
    });
    const older = await openThread('1');
    const newer = await openThread('1');
    expect(await json('GET', '/threads/last?phone_num=1')).toMatchObject({ thread_id: newer });
    await (await ask('1', older, 'hello')).text();
    expect(await json('GET', '/threads/last?phone_num=1')).toEqual({
      thread_id: older,
      last_message_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test('history is what was said, oldest first', async () => {
    const threadId = await openThread('1');
    const answer = await (await ask('1', threadId, 'ما الصبر؟')).text();
    expect(await json('GET', `/threads/${threadId}/history?phone_num=1`)).toEqual({
      thread_name: 'a title',
      messages: [
        { role: 'user', content: 'ما الصبر؟' },
        { role: 'assistant', content: answer },
      ],
    });
  });

  test("another person's thread is not there, to read or to write", async () => {
    const threadId = await openThread('1');
    await register('2');
    expect((await call('GET', `/threads/${threadId}/history?phone_num=2`)).status).toBe(404);
    expect((await ask('2', threadId, 'let me in')).status).toBe(404);
    expect(await json('GET', '/threads/last?phone_num=2')).toMatchObject({ thread_id: null });
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toEqual([]);
  });

  test('an unknown person has nothing', async () => {
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

  test('what was said is there after a restart, for its owner only', async () => {
    const threadId = await openThread('1');
    await (await ask('1', threadId, 'hello')).text();
    await backend?.close();
    await start();
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toHaveLength(2);
    const files = ['backend.db', 'backend.db-wal', 'backend.db-shm'].map((file) => join(folder, 'db', file));
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('what is not understood', () => {
  beforeEach(() => start());

  test.each([
    ['not JSON', '{', 400],
    ['a list', '[]', 422],
    ['nothing', undefined, 422],
    ['no title', { phone_num: '1' }, 422],
    ['a number for a phone number', { phone_num: 1, title: 't' }, 422],
    ['too much', { phone_num: '1', title: 't'.repeat(1_100_000) }, 413],
  ])('%s', async (_what, body, status) => {
    const response = await call('POST', '/threads', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
    expect(reports).toEqual([]);
  });

  test.each(['', ' ', 'x'.repeat(250_001)])('a message that is empty or too long', async (message) => {
    expect((await ask('1', await openThread('1'), message)).status).toBe(422);
  });

  test('but the longest question that a flood of messages can become is', async () => {
    const longest = Array.from({ length: 50 }, () => 'س'.repeat(4_096)).join('\n');
    expect((await ask('1', await openThread('1'), longest)).status).toBe(200);
  });

  test('a route that is not there', async () => {
    expect((await call('GET', '/location')).status).toBe(404);
    expect((await call('DELETE', '/threads')).status).toBe(405);
  });
});

describe('an answer', () => {
  /** Writes a piece each time the test says so. */
  function stepping() {
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

  test('arrives as it is written', async () => {
    const { replies, write } = stepping();
    await start({ replies });
    const threadId = await openThread('1');
    write('one ');
    const response = await ask('1', threadId, 'hello');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await pieces?.read()).toEqual({ done: false, value: 'one ' });
    write('two');
    expect(await pieces?.read()).toEqual({ done: false, value: 'two' });
    write('');
    expect((await pieces?.read())?.done).toBe(true);
  });

  test('is not written on for somebody who left, nor remembered', async () => {
    const { replies, write, stopped } = stepping();
    await start({ replies });
    const threadId = await openThread('1');
    write('one ');
    const response = await ask('1', threadId, 'hello');
    await response.body?.cancel();
    await stopped;
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toEqual([]);
    expect(reports).toEqual([]);
  });

  test('is cut when the backend stops', async () => {
    const { replies, write } = stepping();
    await start({ replies });
    write('one ');
    const response = await ask('1', await openThread('1'), 'hello');
    await backend?.close();
    await expect(response.text()).rejects.toThrow();
  });

  test('that cannot begin is 502; one that breaks is cut', async () => {
    let pieces = 0;
    await start({
      async *replies() {
        for (let left = pieces; left > 0; left -= 1) yield 'so ';
        throw new Error('the model is gone');
      },
    });
    const threadId = await openThread('1');
    expect((await ask('1', threadId, 'hello')).status).toBe(502);
    pieces = 1;
    await expect((await ask('1', threadId, 'hello')).text()).rejects.toThrow();
    expect(reports).toEqual(['no answer could be written', 'an answer was cut']);
    expect((await json('GET', `/threads/${threadId}/history?phone_num=1`)).messages).toEqual([]);
  });

  test('of a model knows what was said before', async () => {
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
    await expect((await ask('1', threadId, 'third')).text()).rejects.toThrow();
    model.fail(500, {});
    expect((await ask('1', threadId, 'fourth')).status).toBe(502);
    await model.close();
  });
});

describe('faults on purpose', () => {
  const always = { chance: 1, random: () => 0 };

  test('a status, with the time to come back', async () => {
    await start({ faults: { ...always, kinds: [{ kind: 'status', status: 503, retryAfterSeconds: 3 }] } });
    const response = await call('GET', '/users/exists?phone_num=1');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('3');
  });

  test('an answer cut after some bytes', async () => {
    await start({ faults: { ...always, kinds: [{ kind: 'cut', afterBytes: 4 }] } });
    const response = await call('GET', '/users/exists?phone_num=1');
    expect(response.status).toBe(200);
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('{"ex');
    await expect((await call('GET', '/users/exists?phone_num=1')).text()).rejects.toThrow();
  });

  test('a delay before the first byte ends with the client', async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const clock: Clock = {
      now: Date.now,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          begun.resolve();
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
    const leave = new AbortController();
    const waiting = fetch(`${backend?.url}/whatsapp/v2/users/exists?phone_num=1`, {
      headers: { 'x-whatsapp-api-key': 'first-key' },
      signal: leave.signal,
    });
    await begun.promise;
    leave.abort();
    await expect(waiting).rejects.toThrow();
    await ended.promise;
    expect((await call('GET', '/users/exists?phone_num=1')).status).toBe(200);
    expect(reports).toEqual([]);
  });

  test('chance decides whether, then how', async () => {
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

test('a file that others could read is closed to them', async () => {
  const path = join(folder, 'open.db');
  await writeFile(path, '', { mode: 0o644 });
  openMemory({ path, clock: wallClock, newId: randomUUID }).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a file of a newer version is left alone', () => {
  const path = join(folder, 'newer.db');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => openMemory({ path, clock: wallClock, newId: randomUUID })).toThrow(/schema 99/);
});
