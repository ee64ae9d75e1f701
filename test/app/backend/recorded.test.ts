import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { echoReplies, emptyReplies, failingReplies } from '#app/backend/sample-replies.ts';
import { type Backend, type BackendOptions, startBackend } from '#app/backend/start.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { recordedAnswer } from '../../fakes/recorded-answers.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const KEY = { 'x-whatsapp-api-key': 'k' };
const PHONE = '15550001234';
const WEB = '15550009999';
const QUESTION = 'Which verse is about patience?';

let backend: Backend;
afterEach(() => backend.close());

const get = (path: string, headers: Record<string, string> = KEY) =>
  fetch(`${backend.url}${path}`, { headers });
const post = (path: string, body: object) =>
  fetch(`${backend.url}/whatsapp/v2${path}`, {
    method: 'POST',
    headers: { ...KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const register = () => post('/users/register', { phone_num: PHONE, preferred_language: 'ar' });
const openThread = () => post('/threads', { phone_num: PHONE, title: QUESTION });
const last = (phone = PHONE) => get(`/whatsapp/v2/threads/last?phone_num=${phone}`);
const exists = (phone = PHONE) => get(`/whatsapp/v2/users/exists?phone_num=${phone}`);
const history = (id: string) => get(`/whatsapp/v2/threads/${id}/history?phone_num=${PHONE}`);
const ask = (id: string) => post('/messages/process', { phone_num: PHONE, thread_id: id, message: QUESTION });

async function thread(): Promise<string> {
  await register();
  const { thread_id } = (await (await openThread()).json()) as { thread_id: string };
  return thread_id;
}

async function asked(id: string): Promise<string> {
  await (await ask(id)).text();
  return id;
}

type Options = Partial<BackendOptions>;
const DOWN: Options = { databaseIsDown: true };
const FAILS: Options = { replies: failingReplies };
/** Writes nothing until its client disconnects. */
const SLOW: Options = { replies: echoReplies({ clock: wallClock, wordMs: 0, firstWordMs: 60_000 }) };

test.each<[string, () => Promise<Response>, Options?]>([
  ['root', () => get('/', {})],
  ['key-missing', () => get('/whatsapp/v2/users/exists?phone_num=1', {})],
  ['key-wrong', () => get('/whatsapp/v2/users/exists?phone_num=1', { 'x-whatsapp-api-key': 'other' })],
  ['field-missing', () => post('/threads', { phone_num: PHONE })],
  ['parameter-missing', () => get('/whatsapp/v2/threads/last')],
  ['registered', register],
  ['registered', () => register().then(register)],
  ['registered-database-down', register, DOWN],
  ['exists', () => register().then(() => exists())],
  ['exists', () => exists(WEB)],
  ['exists-not', exists],
  ['exists-not', exists, DOWN],
  ['thread-opened', () => register().then(openThread)],
  ['thread-opened-database-down', openThread, DOWN],
  ['last', () => thread().then(() => last())],
  ['last-none', () => register().then(() => last())],
  ['last-none', last, DOWN],
  ['person-unknown', last],
  ['person-unknown', () => last(WEB)],
  ['history-of-another', () => register().then(() => history('6927a88b5a1d4c3e2f0b9a71'))],
  ['thread-unknown', () => register().then(() => ask('6927a88b5a1d4c3e2f0b9a71'))],
  ['answer', () => thread().then(ask)],
  ['answer-empty', () => thread().then(ask), FAILS],
  ['answer-empty', () => thread().then(ask), { replies: emptyReplies }],
  ['history', () => thread().then(asked).then(history)],
  ['history-failed', () => thread().then(asked).then(history), FAILS],
  ['history-open', openHistory, SLOW],
])('responds as recorded in %s', async (recording, call, options = {}) => {
  const folder = temporaryFolder();
  backend = await startBackend({
    ...{ port: 0, apiKeys: ['k'], clock: wallClock, newId: randomUUID, webUsers: [WEB] },
    databasePath: join(folder, 'backend.db'),
    replies: echoReplies({ clock: wallClock, wordMs: 0 }),
    ...options,
  });
  const response = await call();
  const recorded = recordedAnswer(recording);
  const headers = ['content-type', 'www-authenticate', 'transfer-encoding'];
  expect({
    status: response.status,
    headers: headers.map((name) => response.headers.get(name)),
    body: shapeOf(await response.text()),
  }).toEqual({
    status: recorded.status,
    headers: headers.map((name) => recorded.headers[name] ?? null),
    body: shapeOf(recorded.body),
  });
  await rm(folder, { recursive: true, force: true });
});

/** The question is stored before the first piece, also when the client disconnects. */
async function openHistory(): Promise<Response> {
  const id = await thread();
  const disconnect = new AbortController();
  const response = await fetch(`${backend.url}/whatsapp/v2/messages/process`, {
    method: 'POST',
    headers: { ...KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ phone_num: PHONE, thread_id: id, message: QUESTION }),
    signal: disconnect.signal,
  });
  expect(response.status).toBe(200);
  disconnect.abort();
  return history(id);
}

/** The structure of a response, without its texts and ids. */
function shapeOf(body: string): unknown {
  if (body === '') return '<empty>';
  if (!body.startsWith('{')) return textShape(body);
  return JSON.parse(body, (name, value) => {
    if (typeof value !== 'string') return value;
    if (/^[0-9a-f]{24}$/.test(value)) return '<24 hexadecimal digits>';
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}000)?\+00:00$/.test(value)) return '<isoformat>';
    if (name === 'thread_name') return '<words>';
    return name === 'content' ? textShape(value) : value;
  });
}

function textShape(text: string): string {
  if (/ \[1\].*\*\*Citations\*\*:\n\[1\] .+:\n Arabic: .+\n\n English: .+/s.test(text)) return '<cites>';
  return text.startsWith('I encountered a problem') ? text : '<words>';
}
