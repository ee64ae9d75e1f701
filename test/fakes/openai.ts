import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type FakeServer, fakeServer } from './http-server.ts';
import { contractJson, conversationItems, type Ending, responseEvents, sse } from './openai-wire.ts';

/** As OpenAI does, an unknown parameter is rejected. */
const responseRequest = z.strictObject({
  model: z.string(),
  conversation: z.string().optional(),
  input: z.string(),
  instructions: z.string(),
  stream: z.literal(true),
  truncation: z.enum(['auto', 'disabled']).optional(),
  store: z.boolean().optional(),
  text: z.strictObject({ format: z.unknown() }).optional(),
});
/** In strict mode ("Structured model outputs"): an object whose properties are all required, and no others. */
const strictFormat = z.strictObject({
  type: z.literal('json_schema'),
  name: z.string().regex(/^[\w-]{1,64}$/),
  strict: z.literal(true),
  schema: z
    .strictObject({
      type: z.literal('object'),
      properties: z.record(z.string(), z.object({ type: z.unknown() })),
      required: z.array(z.string()),
      additionalProperties: z.literal(false),
    })
    .refine(({ properties, required }) => Object.keys(properties).join() === required.join()),
});
const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  stream: z.literal(true),
});

type Item = ReturnType<typeof conversationItems>[number];
interface Saying {
  readonly text: string;
  readonly ending?: Ending;
  readonly status?: number;
}
interface Typed {
  readonly type: string;
}

export interface FakeOpenAiOptions {
  /** `kept`, or how a server without them answers: `lm-studio` with 200 and an error. */
  readonly conversations?: 'kept' | 'lm-studio' | 404 | 405 | 501;
  /** What becomes of `text.format`. `ignored`: the model writes plain text. */
  readonly format?: 'enforced' | 'ignored' | 'rejected';
}

export interface FakeOpenAi extends FakeServer {
  readonly apiKey: string;
  /** The next request gets these events, in chunks of so many bytes. Nothing is stored. */
  script<E extends Typed>(events: readonly E[], pieceBytes?: number): void;
  /** The next request gets an error object. */
  fail(status: number, error: Readonly<Record<string, unknown>>): void;
  /** The next response has this output text, also in its conversation. */
  says(text: string, ending?: Ending): void;
  /** The response after those fails with this status. */
  failsThen(status: number): void;
  /** The next response is stored, but its connection breaks before the last event. */
  cut(): void;
  /** Adds a question and an answer in plain text, as they were before the reply contract. */
  addPlain(conversation: string, question: string, answer: string): void;
  /** The bodies of the requests for a response so far. */
  asked(): z.infer<typeof responseRequest>[];
}

/**
 * The wire format of OpenAI's Conversations, Responses and Chat Completions, as far as they are used here
 * (developers.openai.com/api/reference). By default it returns "You asked: ...", and hands off for "/human".
 */
export async function fakeOpenAi(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  const { conversations: keeping = 'kept', format = 'enforced' } = options;
  const apiKey = 'sk-fake-key';
  const conversations = new Map<string, Item[]>();
  const outcomes: ((res: ServerResponse) => void)[] = [];
  const sayings: Saying[] = [];
  let cuts = 0;

  const server = await fakeServer((res, { method, url, headers, body }) => {
    if (headers.authorization !== `Bearer ${apiKey}`) {
      return error(res, 401, { type: 'invalid_request_error', code: 'invalid_api_key' });
    }
    if (keeping !== 'kept' && url.startsWith('/v1/conversations')) return noSuchPath(res, `${method} ${url}`);
    const outcome = outcomes.shift();
    if (outcome) return outcome(res);
    if (method === 'POST' && url === '/v1/conversations') {
      const id = `conv_${randomUUID()}`;
      conversations.set(id, []);
      const { metadata = {} } = JSON.parse(body);
      return json(res, 200, { id, object: 'conversation', created_at: 1_790_000_000, metadata });
    }
    if (method === 'POST' && url === '/v1/responses') return respond(res, body);
    const listed = /^\/v1\/conversations\/([^/?]+)\/items(?:\?(.*))?$/.exec(url);
    if (method === 'GET' && listed !== null) {
      const items = conversations.get(listed[1] ?? '');
      if (items === undefined) return error(res, 404, { type: 'invalid_request_error', code: null });
      return json(res, 200, pageOf(items, new URLSearchParams(listed[2])));
    }
    if (method === 'POST' && url === '/v1/chat/completions') {
      const { messages } = chatRequest.parse(JSON.parse(body));
      return chat(res, `You said ${messages.length} things, last: ${messages.at(-1)?.content}`);
    }
    return error(res, 404, { type: 'invalid_request_error', code: null });
  });

  function respond(res: ServerResponse, body: string): unknown {
    const parsed = responseRequest.safeParse(JSON.parse(body));
    if (!parsed.success) return error(res, 400, { type: 'invalid_request_error', code: 'unknown_parameter' });
    const { conversation, input, text } = parsed.data;
    const isStrict = text === undefined || strictFormat.safeParse(text.format).success;
    if (!isStrict || (text !== undefined && format === 'rejected')) {
      const code = isStrict ? 'unsupported_parameter' : 'invalid_json_schema';
      return error(res, 400, { type: 'invalid_request_error', code, param: 'text.format' });
    }
    const items = conversation === undefined ? [] : conversations.get(conversation);
    if (items === undefined) {
      return error(res, 404, { type: 'invalid_request_error', code: null, param: 'conversation' });
    }
    const said: Saying = sayings.shift() ?? { text: modelReply(input) };
    if (said.status !== undefined) return error(res, said.status, { type: 'server_error', code: null });
    const usage = { input: 20 + Buffer.byteLength(input), output: Buffer.byteLength(said.text) };
    const events = responseEvents(said.text, { usage, ...said.ending });
    const last = events.at(-1);
    if (last?.type === 'response.completed' || last?.type === 'response.incomplete') {
      items.push(...conversationItems(input, last.response.output));
    }
    if (cuts === 0) return stream(res, events, 7);
    cuts -= 1;
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    return res.write(events.slice(0, -1).map(sse).join(''), () => res.destroy());
  }

  function modelReply(input: string): string {
    const answer = `You asked: ${input}`;
    if (format === 'ignored') return answer;
    return contractJson(answer, input === '/human' ? 'They ask for a person.' : undefined);
  }

  function noSuchPath(res: ServerResponse, path: string): unknown {
    if (keeping === 'lm-studio') {
      return json(res, 200, { error: `Unexpected endpoint or method. (${path})` });
    }
    return res.writeHead(Number(keeping), { 'content-type': 'text/plain' }).end(`${keeping} page not found`);
  }

  return {
    ...server,
    url: `${server.url}/v1`,
    apiKey,
    script: (events, pieceBytes = 1024) => outcomes.push((res) => stream(res, events, pieceBytes)),
    fail: (status, failure) => outcomes.push((res) => error(res, status, failure)),
    says: (text, ending = {}) => sayings.push({ text, ending }),
    failsThen: (status) => sayings.push({ text: '', status }),
    cut() {
      cuts += 1;
    },
    addPlain(conversation, question, answer) {
      const last = responseEvents(answer).at(-1);
      if (last?.type !== 'response.completed') throw new Error('no response');
      conversations.get(conversation)?.push(...conversationItems(question, last.response.output));
    },
    asked: () =>
      server.seen
        .filter(({ url }) => url === '/v1/responses')
        .map(({ body }) => responseRequest.parse(JSON.parse(body))),
  };
}

/** "List items". Pages of two, so that a conversation of two questions has more than one. */
function pageOf(items: readonly Item[], query: URLSearchParams) {
  const ordered = query.get('order') === 'asc' ? items : items.toReversed();
  const from = ordered.findIndex(({ id }) => id === query.get('after')) + 1;
  const data = ordered.slice(from, from + 2);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + data.length < ordered.length,
  };
}

function stream(res: ServerResponse, events: readonly Typed[], pieceBytes: number): void {
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const bytes = Buffer.from(events.map(sse).join(''));
  const step = Math.max(pieceBytes, bytes.length / 10_000);
  for (let at = 0; at < bytes.length; at += step) res.write(bytes.subarray(at, at + step));
  res.end();
}

function chat(res: ServerResponse, text: string): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of text.split(/(?= )/)) {
    res.write(`data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] })}\n\n`);
  }
  res.write(`data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\n`);
  res.end('data: [DONE]\n\n');
}

function json(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(value));
}

function error(res: ServerResponse, status: number, failure: Readonly<Record<string, unknown>>): void {
  json(res, status, { error: { message: 'no', param: null, ...failure } });
}
