import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOpenAiAssistant } from '#app/assistants/openai.ts';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { assistantContract } from '../../contracts/assistant.ts';
import { assistantFaultsContract, NOW, SECRET_KEY } from '../../contracts/assistant-faults.ts';
import { type FakeOpenAi, fakeOpenAi, responseEvents, sse } from '../../fakes/openai.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const signal = new AbortController().signal;

function assistantOver(url: string, apiKey: string): Assistant {
  return createOpenAiAssistant({
    apiUrl: url,
    apiKey: () => apiKey,
    model: 'a-model',
    instructions: 'Be brief.',
    clock: wallClock,
  });
}

assistantContract(
  'OpenAI',
  async () => {
    const server = await fakeOpenAi();
    return { assistant: assistantOver(server.url, server.apiKey), close: server.close };
  },
  { knowsItsThreads: true, findsThreads: false, keepsThreads: true },
);

assistantFaultsContract('OpenAI', {
  type: 'text/event-stream',
  create: (apiUrl, limits) =>
    createOpenAiAssistant({
      apiUrl,
      apiKey: () => SECRET_KEY,
      model: 'a-model',
      instructions: '',
      clock: { now: () => NOW },
      limits,
    }),
  piece: (delta) => sse({ type: 'response.output_text.delta', delta }),
  ending: (text) => responseEvents(text).slice(-1).map(sse).join(''),
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
  const ended = (type: string, response: object) => ({ type, response: { output: [], ...response } });
  const message = (...content: object[]) => ({ type: 'message', content });

  test('asks in the conversation, with model and instructions, and without the person', async () => {
    server.script(responseEvents('hi'));
    await ask();
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      model: 'a-model',
      instructions: 'Be brief.',
      conversation: 'conv_1',
      input: 'hello',
      stream: true,
      truncation: 'auto',
    });
  });

  test('cuts a title to what metadata takes', async () => {
    await assistant.openThread('1555', '👋'.repeat(1_000), signal);
    const { metadata } = JSON.parse(server.seen[0]?.body ?? '');
    expect(metadata.title).toBe('👋'.repeat(256));
  });

  test('a refusal is an answer', async () => {
    server.script([
      { type: 'response.refusal.delta', delta: 'No, ' },
      ended('response.completed', { output: [message({ type: 'refusal', refusal: 'No, sorry.' })] }),
    ]);
    expect(await ask()).toBe('No, sorry.');
  });

  test('several messages are one answer; reasoning and tools are not in it', async () => {
    const first = message({ type: 'output_text', text: 'One.' });
    const second = message({ type: 'output_text', text: 'Two.' });
    const output = [{ type: 'reasoning', content: [{ type: 'reasoning_text', text: 'hm' }] }, first, second];
    server.script([ended('response.completed', { output })]);
    expect(await ask()).toBe('One.\n\nTwo.');
  });

  test('an answer that reached the length of the model is kept, and shows it', async () => {
    const output = [message({ type: 'output_text', text: 'Long' })];
    const reason = { incomplete_details: { reason: 'max_output_tokens' } };
    server.script([ended('response.incomplete', { output, ...reason })]);
    expect(await ask()).toBe('Long …');
  });

  test('an answer that the filter stopped is refused', async () => {
    const output = [message({ type: 'output_text', text: 'Half' })];
    const reason = { incomplete_details: { reason: 'content_filter' } };
    server.script([ended('response.incomplete', { output, ...reason })]);
    await expect(ask()).rejects.toMatchObject({ name: 'Refused', code: 'content_filter' });
  });

  test.each([
    ['server_error', { name: 'Unavailable', scope: 'turn' }],
    ['rate_limit_exceeded', { name: 'Unavailable', scope: 'app' }],
    ['insufficient_quota', { name: 'Unavailable', code: 'openai-spent', alarm: 'assistant-refused' }],
    ['invalid_prompt', { name: 'Refused' }],
  ])('a response that failed with %s', async (code, expected) => {
    server.script([ended('response.failed', { error: { code, message: 'no' } })]);
    await expect(ask()).rejects.toMatchObject({ code, ...expected });
  });

  test('an error event, flat or nested', async () => {
    server.script([{ type: 'error', code: 'rate_limit_exceeded', message: 'no' }]);
    await expect(ask()).rejects.toMatchObject({ scope: 'app', code: 'rate_limit_exceeded' });
    server.script([{ type: 'error', error: { code: 'server_error', message: 'no' } }]);
    await expect(ask()).rejects.toMatchObject({ scope: 'turn', code: 'server_error' });
  });

  test.each([
    ['insufficient_quota', 'insufficient_quota'],
    ['credit_balance_exhausted', 'insufficient_quota'],
    ['project_spend_limit_exceeded', 'insufficient_quota'],
  ])('spent money (%s) calls an operator', async (code, type) => {
    server.fail(429, { code, type });
    await expect(ask()).rejects.toMatchObject({
      name: 'Unavailable',
      scope: 'app',
      code: 'openai-spent',
      message: `the OpenAI quota or budget is exhausted (${code})`,
      alarm: 'assistant-refused',
    });
  });

  test('a rate limit is not spent money', async () => {
    server.fail(429, { code: 'rate_limit_exceeded', type: 'requests' });
    const error = await ask().catch((reason) => reason);
    expect(error).toMatchObject({
      name: 'Unavailable',
      scope: 'app',
      code: 'http-429',
      alarm: undefined,
    });
  });

  test('a conversation in use is asked again in a few seconds', async () => {
    server.fail(400, { code: 'conversation_locked', param: 'conversation' });
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', scope: 'turn', retryAfterMs: 5_000 });
  });

  test('an id that OpenAI never gave is forgotten', async () => {
    server.fail(400, { code: 'invalid_value', param: 'conversation' });
    await expect(ask()).rejects.toBeInstanceOf(Forgotten);
  });

  test('a model that is not offered is for an operator', async () => {
    server.fail(404, { code: 'model_not_found', param: null });
    await expect(ask()).rejects.toMatchObject({ scope: 'app', code: 'model_not_found' });
  });

  test('an answer longer than any answer', async () => {
    const output = [message({ type: 'output_text', text: 'x'.repeat(200_001) })];
    server.script([ended('response.completed', { output })]);
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
  });
});
