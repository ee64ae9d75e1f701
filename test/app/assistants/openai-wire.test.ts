/** The official package as an independent client of the fake, so that the fake speaks the real wire format. */
import OpenAI from 'openai';
import type {
  ResponseCreateParamsStreaming,
  ResponseFormatTextJSONSchemaConfig,
} from 'openai/resources/responses/responses.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instructionsWith, REPLY_FORMAT } from '#app/assistants/openai-contract.ts';
import { type FakeOpenAi, fakeOpenAi } from '../../fakes/openai.ts';
import { contractJson } from '../../fakes/openai-wire.ts';

/** Compiles only while the schema has the shape of the package's type. */
const format: ResponseFormatTextJSONSchemaConfig = REPLY_FORMAT;
const request: ResponseCreateParamsStreaming = {
  model: 'a-model',
  instructions: instructionsWith('Be brief.'),
  input: 'What is zakat?',
  text: { format },
  truncation: 'auto',
  stream: true,
};

let server: FakeOpenAi;
let client: OpenAI;
beforeEach(async () => {
  server = await fakeOpenAi();
  client = new OpenAI({ apiKey: server.apiKey, baseURL: server.url, maxRetries: 0 });
});
afterEach(() => server.close());

describe('the official client', () => {
  it('opens a conversation, streams a response with the schema, and lists its items', async () => {
    const { id, object } = await client.conversations.create({ metadata: { title: 'a title' } });
    expect(object).toBe('conversation');
    const stream = client.responses.stream({ ...request, conversation: id });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const final = await stream.finalResponse();
    expect(text).toBe(contractJson('You asked: What is zakat?'));
    expect(final.output_text).toBe(text);
    expect(final).toMatchObject({
      ...{ status: 'completed', error: null },
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    });
    const items: unknown[] = [];
    for await (const item of client.conversations.items.list(id, { order: 'asc' })) items.push(item);
    expect(items).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is zakat?' }] },
      { type: 'reasoning' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
    ]);
  });

  it('numbers the events of a stream without a gap, and ends it', async () => {
    const numbers: number[] = [];
    const types: string[] = [];
    for await (const event of await client.responses.create(request)) {
      numbers.push(event.sequence_number);
      types.push(event.type);
    }
    expect(numbers).toEqual(numbers.map((_, at) => at));
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types.at(-1)).toBe('response.completed');
  });

  it('reads a refusal and a response that was cut', async () => {
    server.says('', { refusal: 'No.' });
    const refused = await client.responses.stream(request).finalResponse();
    expect(refused.output.at(-1)).toMatchObject({ content: [{ type: 'refusal', refusal: 'No.' }] });
    server.says('{"content":"Half', { isCut: true });
    const events: unknown[] = [];
    for await (const event of await client.responses.create(request)) events.push(event);
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
  });

  it('gets errors as the API returns them', async () => {
    await expect(client.responses.create({ ...request, conversation: 'conv_unknown' })).rejects.toMatchObject(
      {
        ...{ status: 404, param: 'conversation', type: 'invalid_request_error' },
      },
    );
    const loose = { ...format, schema: { type: 'object', properties: {}, required: ['content'] } };
    await expect(client.responses.create({ ...request, text: { format: loose } })).rejects.toMatchObject({
      ...{ status: 400, code: 'invalid_json_schema', param: 'text.format' },
    });
    const other = new OpenAI({ apiKey: 'wrong', baseURL: server.url, maxRetries: 0 });
    await expect(other.responses.create(request)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });
});
