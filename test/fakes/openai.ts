import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type FakeServer, fakeServer } from './http-server.ts';

const responseRequest = z.object({
  model: z.string(),
  conversation: z.string(),
  input: z.string(),
  instructions: z.string(),
  stream: z.literal(true),
});
const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  stream: z.literal(true),
});

interface Item {
  readonly id: string;
  readonly type: 'message';
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly text: string }[];
}

export type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface FakeOpenAi extends FakeServer {
  readonly apiKey: string;
  /** The next request gets these events, in chunks of so many bytes. */
  script(events: readonly Event[], pieceBytes?: number): void;
  /** The next request gets an error object. */
  fail(status: number, error: Readonly<Record<string, unknown>>): void;
}

/**
 * The wire format of OpenAI's Conversations, Responses and Chat Completions, as far as they are used here
 * (developers.openai.com/api/reference). By default it returns "You asked: ...".
 */
export async function fakeOpenAi(): Promise<FakeOpenAi> {
  const apiKey = 'sk-fake-key';
  const conversations = new Map<string, Item[]>();
  const outcomes: ((res: ServerResponse) => void)[] = [];

  const server = await fakeServer((res, { method, url, headers, body }) => {
    if (headers.authorization !== `Bearer ${apiKey}`) {
      return error(res, 401, { type: 'invalid_request_error', code: 'invalid_api_key' });
    }
    const outcome = outcomes.shift();
    if (outcome) return outcome(res);
    if (method === 'POST' && url === '/v1/conversations') {
      const id = `conv_${randomUUID()}`;
      conversations.set(id, []);
      return json(res, 200, { id, object: 'conversation', created_at: 1, metadata: {} });
    }
    if (method === 'POST' && url === '/v1/responses') {
      const { conversation, input } = responseRequest.parse(JSON.parse(body));
      const items = conversations.get(conversation);
      if (items === undefined) {
        return error(res, 404, { type: 'invalid_request_error', code: null, param: 'conversation' });
      }
      const text = `You asked: ${input}`;
      items.push(messageItem('user', 'input_text', input), messageItem('assistant', 'output_text', text));
      return stream(res, responseEvents(text), 7);
    }
    const listed = /^\/v1\/conversations\/([^/?]+)\/items\?(.*)$/.exec(url);
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

  return {
    ...server,
    url: `${server.url}/v1`,
    apiKey,
    script: (events, pieceBytes = 1024) => outcomes.push((res) => stream(res, events, pieceBytes)),
    fail: (status, failure) => outcomes.push((res) => error(res, status, failure)),
  };
}

function messageItem(role: string, type: string, text: string): Item {
  return { id: `msg_${randomUUID()}`, type: 'message', role, content: [{ type, text }] };
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

/** The events of a successful response. */
export function responseEvents(text: string): Event[] {
  const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  return [
    { type: 'response.created', response: { status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', item: { type: 'reasoning' } },
    ...text
      .split(/(?= )/)
      .map((delta) => ({ type: 'response.output_text.delta', delta, output_index: 1, content_index: 0 })),
    { type: 'response.output_text.done', text },
    {
      type: 'response.completed',
      response: { status: 'completed', output: [{ type: 'reasoning', summary: [] }, message] },
    },
  ];
}

/** An event on the wire. */
export function sse(event: Event): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function stream(res: ServerResponse, events: readonly Event[], pieceBytes: number): void {
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const bytes = Buffer.from(events.map(sse).join(''));
  for (let at = 0; at < bytes.length; at += pieceBytes) res.write(bytes.subarray(at, at + pieceBytes));
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
