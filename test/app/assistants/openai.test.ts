import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOpenAiAssistant } from '#app/assistants/openai.ts';
import { REPLY_FORMAT } from '#app/assistants/openai-contract.ts';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { assistantContract } from '../../contracts/assistant.ts';
import { assistantFaultsContract, NOW, SECRET_KEY } from '../../contracts/assistant-faults.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, fakeOpenAi } from '../../fakes/openai.ts';
import { contractJson, responseEvents, sse } from '../../fakes/openai-wire.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const signal = new AbortController().signal;

function assistantOver(url: string, apiKey: string): Assistant {
  return createOpenAiAssistant({
    apiUrl: url,
    apiKey: () => apiKey,
    model: 'a-model',
    instructions: 'Be brief.',
    clock: wallClock,
    newId: randomUUID,
  });
}

const start = (options: FakeOpenAiOptions) => async () => {
  const server = await fakeOpenAi(options);
  return { assistant: assistantOver(server.url, server.apiKey), close: server.close };
};
const kept = { rejectsUnknownThreads: true, findsThreads: false, readsThreads: true, countsTokens: true };
const notKept = { ...kept, rejectsUnknownThreads: false, readsThreads: false };

assistantContract('OpenAI', start({}), { ...kept, handsOffFor: '/human' });
assistantContract('OpenAI without text.format', start({ format: 'rejected' }), {
  ...kept,
  handsOffFor: '/human',
});
assistantContract(
  'A server that ignores text.format and has no conversations',
  start({ format: 'ignored', conversations: 404 }),
  notKept,
);
assistantContract('A server without conversations that answers 200', start({ conversations: 'lm-studio' }), {
  ...notKept,
  handsOffFor: '/human',
});

assistantFaultsContract('OpenAI', {
  type: 'text/event-stream',
  create: (apiUrl, limits) =>
    createOpenAiAssistant({
      apiUrl,
      apiKey: () => SECRET_KEY,
      model: 'a-model',
      instructions: '',
      clock: { now: () => NOW },
      newId: randomUUID,
      limits,
    }),
  piece: (delta) => sse({ type: 'response.output_text.delta', delta }),
  completion: (text) => responseEvents(contractJson(text)).slice(-1).map(sse).join(''),
  keyCode: 'openai-key',
  refused: [400, 413, 422],
});

describe('OpenAI', () => {
  let server: FakeOpenAi;
  let assistant: Assistant;
  beforeEach(async () => {
    server = await fakeOpenAi();
    assistant = assistantOver(server.url, server.apiKey);
  });
  afterEach(() => server.close());

  const ask = () =>
    assistant.answer(
      { assistantUserId: '1555', threadId: 'conv_1', text: 'hello' },
      new AbortController().signal,
    );
  const finalEvent = (type: string, response: object) => ({ type, response: { output: [], ...response } });
  const message = (...content: object[]) => ({ type: 'message', content });

  test('sends the conversation, model, instructions and schema, and not the person', async () => {
    server.script(responseEvents(contractJson('hi')));
    await ask();
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      model: 'a-model',
      instructions: expect.stringMatching(/^Be brief\.\n\nReply with one JSON object/),
      conversation: 'conv_1',
      input: 'hello',
      stream: true,
      truncation: 'auto',
      text: { format: REPLY_FORMAT },
    });
  });

  test('cuts a title to the maximum length of metadata', async () => {
    await assistant.openThread('1555', '👋'.repeat(1_000), signal);
    const { metadata } = JSON.parse(server.seen[0]?.body ?? '');
    expect(metadata.title).toBe('👋'.repeat(256));
  });

  test('throws Refused for an answer that the content filter stopped', async () => {
    const output = [message({ type: 'output_text', text: 'Half' })];
    const reason = { incomplete_details: { reason: 'content_filter' } };
    server.script([finalEvent('response.incomplete', { output, ...reason })]);
    await expect(ask()).rejects.toMatchObject({ name: 'Refused', code: 'content_filter' });
  });

  test.each([null, {}, { reason: null }, { reason: 'a new reason' }])(
    'throws Refused for an answer that ended early for no known reason: %j',
    async (incomplete_details) => {
      const output = [message({ type: 'output_text', text: contractJson('Half') })];
      server.script([finalEvent('response.incomplete', { output, incomplete_details })]);
      await expect(ask()).rejects.toMatchObject({ name: 'Refused', code: 'incomplete' });
    },
  );

  test.each([
    ['server_error', { name: 'Unavailable', scope: 'turn' }],
    ['rate_limit_exceeded', { name: 'Unavailable', scope: 'app' }],
    ['insufficient_quota', { name: 'Unavailable', code: 'openai-spent', alarm: 'assistant-refused' }],
    ['invalid_prompt', { name: 'Refused' }],
  ])('maps a failed response with %s', async (code, expected) => {
    server.script([finalEvent('response.failed', { error: { code, message: 'no' } })]);
    await expect(ask()).rejects.toMatchObject({ code, ...expected });
  });

  test('reads an error event, flat or nested', async () => {
    server.script([{ type: 'error', code: 'rate_limit_exceeded', message: 'no' }]);
    await expect(ask()).rejects.toMatchObject({ scope: 'app', code: 'rate_limit_exceeded' });
    server.script([{ type: 'error', error: { code: 'server_error', message: 'no' } }]);
    await expect(ask()).rejects.toMatchObject({ scope: 'turn', code: 'server_error' });
  });

  test.each([
    ['insufficient_quota', 'insufficient_quota'],
    ['credit_balance_exhausted', 'insufficient_quota'],
    ['project_spend_limit_exceeded', 'insufficient_quota'],
  ])('raises an alarm for an exhausted quota (%s)', async (code, type) => {
    server.fail(429, { code, type });
    await expect(ask()).rejects.toMatchObject({
      name: 'Unavailable',
      scope: 'app',
      code: 'openai-spent',
      message: `the OpenAI quota or budget is exhausted (${code})`,
      alarm: 'assistant-refused',
    });
  });

  test('raises no alarm for a rate limit', async () => {
    server.fail(429, { code: 'rate_limit_exceeded', type: 'requests' });
    const error = await ask().catch((reason) => reason);
    expect(error).toMatchObject({
      name: 'Unavailable',
      scope: 'app',
      code: 'http-429',
      alarm: undefined,
    });
  });

  test('retries a locked conversation after a few seconds', async () => {
    server.fail(400, { code: 'conversation_locked', param: 'conversation' });
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', scope: 'turn', retryAfterMs: 5_000 });
  });

  test('throws Forgotten for an id that OpenAI did not create', async () => {
    server.fail(400, { code: 'invalid_value', param: 'conversation' });
    await expect(ask()).rejects.toBeInstanceOf(Forgotten);
  });

  test('throws Unavailable with scope app for an unknown model', async () => {
    server.fail(404, { code: 'model_not_found', param: null });
    await expect(ask()).rejects.toMatchObject({ scope: 'app', code: 'model_not_found' });
  });
});
