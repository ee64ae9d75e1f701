import { afterEach, describe, expect, test } from 'vitest';
import { createAnsariAssistant } from '#app/assistants/ansari.ts';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { type RecordedServer, recordedAnswer, serveRecorded } from '../../fakes/recorded-answers.ts';

const signal = new AbortController().signal;
const ACCOUNT = '15550001234';
const QUESTION = {
  assistantUserId: ACCOUNT,
  threadId: '6927a88b5a1d4c3e2f0b9a71',
  text: 'What is patience?',
};
const LAST_AT = Date.UTC(2026, 10, 27, 1, 28, 27, 129);

let server: RecordedServer;
afterEach(() => server.close());

async function assistantFor(names: readonly string[], now = LAST_AT + 60_000): Promise<Assistant> {
  server = await serveRecorded(names);
  return createAnsariAssistant({ serverUrl: server.url, apiKey: () => 'k', clock: { now: () => now } });
}

type Call = (assistant: Assistant) => Promise<unknown>;
const register: Call = (assistant) => assistant.register(ACCOUNT, 'ar', signal);
const registerAnew: Call = (assistant) => assistant.registerAnew(ACCOUNT, 'ar', signal);
const lastThread: Call = (assistant) => assistant.lastThread(ACCOUNT, signal);
const openThread: Call = (assistant) => assistant.openThread(ACCOUNT, 'a title', signal);
const answer: Call = async (assistant) => (await assistant.answer(QUESTION, signal)).text;
const threadEnd: Call = (assistant) => assistant.threadEnd(QUESTION, signal);

const earlierAnswer =
  (position: number): Call =>
  (assistant) =>
    assistant.earlierAnswer({ ...QUESTION, position }, signal);

const ANSWER = recordedAnswer('answer').body;

describe('the client reads', () => {
  test.each<[string, readonly string[], Call, unknown]>([
    ['a registration', ['exists-not', 'registered'], register, undefined],
    ['a registered person', ['exists'], register, undefined],
    ['a registration without a check', ['registered'], registerAnew, undefined],
    ['the last thread', ['last'], lastThread, { id: QUESTION.threadId, lastAt: LAST_AT }],
    ['the absence of a thread', ['last-none'], lastThread, undefined],
    ['a new thread', ['thread-opened'], openThread, QUESTION.threadId],
    ['an answer without a type', ['answer'], answer, ANSWER],
    [
      'a thread that ends with the answer',
      ['history', 'last'],
      threadEnd,
      { questions: 1, last: 'answered', answer: { text: expect.stringContaining('**Citations**') } },
    ],
    ['a thread without an answer yet', ['history-open'], threadEnd, { questions: 1, last: 'open' }],
    ['a thread whose model failed', ['history-failed'], threadEnd, { questions: 1, last: 'failed' }],
    ['a thread whose model searches', ['history-searching'], threadEnd, { questions: 1, last: 'open' }],
    [
      'an answer written in two steps',
      ['history-searched', 'last'],
      threadEnd,
      {
        questions: 1,
        last: 'answered',
        answer: { text: expect.stringMatching(/^Let me look in the Quran\.\n\nPatience/) },
      },
    ],
    ['an earlier answer', ['history'], earlierAnswer(1), expect.stringContaining('**Citations**')],
    [
      'an earlier answer written in two steps',
      ['history-searched'],
      earlierAnswer(1),
      expect.stringMatching(/^Let me look in the Quran\.\n\nPatience/),
    ],
    ['no answer to a question that was not asked', ['history'], earlierAnswer(2), undefined],
    ['no earlier answer where the model failed', ['history-failed'], earlierAnswer(1), undefined],
    ['no earlier answer while the model searches', ['history-searching'], earlierAnswer(1), undefined],
  ])('%s', async (_case, recordings, call, result) => {
    const assistant = await assistantFor(recordings);
    expect(await call(assistant)).toEqual(result);
    expect(server.seen).toHaveLength(recordings.length);
  });

  test('no answer from a thread that changed a moment ago', async () => {
    const assistant = await assistantFor(['history', 'last'], LAST_AT + 9_999);
    expect(await threadEnd(assistant)).toEqual({ questions: 1, last: 'open' });
  });
});

describe('the client maps the error response', () => {
  const key = { name: 'Unavailable', scope: 'app', code: 'backend-key', alarm: 'backend-key' };
  const fails = { name: 'Unavailable', scope: 'turn', code: 'http-400' };
  const inside = { name: 'Unavailable', scope: 'turn', code: 'failed-inside' };

  test.each<[string, Call, object]>([
    ['key-missing', lastThread, key],
    ['key-missing', answer, key],
    ['key-wrong', lastThread, key],
    ['field-missing', openThread, fails],
    ['parameter-missing', lastThread, fails],
    ['exception', lastThread, fails],
    ['exception', answer, fails],
    ['registered-database-down', registerAnew, inside],
    ['thread-opened-database-down', openThread, inside],
    ['answer-empty', answer, { name: 'Unavailable', scope: 'turn', code: 'empty-answer' }],
    ['person-unknown', lastThread, expect.any(Forgotten)],
    ['person-unknown', openThread, expect.any(Forgotten)],
    ['history-of-another', threadEnd, expect.any(Forgotten)],
    ['history-of-another', earlierAnswer(1), expect.any(Forgotten)],
    ['thread-unknown', answer, expect.any(Forgotten)],
  ])('%s', async (recording, call, failure) => {
    const assistant = await assistantFor([recording]);
    const error: unknown = await call(assistant).catch((reason) => reason);
    if (failure instanceof Object && 'name' in failure) expect(error).toMatchObject(failure);
    else expect(error).toEqual(failure);
    expect(server.seen).toHaveLength(1);
  });
});
