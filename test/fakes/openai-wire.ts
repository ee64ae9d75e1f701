import { randomUUID } from 'node:crypto';
import type { Message } from 'openai/resources/conversations/conversations.js';
import type {
  Response,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses.js';

/** Objects of OpenAI's API as it sends them; the types are of the official package. */

/** The package adds `output_text`. */
type WireResponse = Omit<Response, 'output_text'>;

/** What the model writes: the object of the reply contract. */
export function contractJson(content: string, handOffReason?: string): string {
  const handoff = handOffReason !== undefined;
  return JSON.stringify({ content, handoff, handoff_reason: handOffReason ?? null });
}

export interface Ending {
  readonly usage?: { readonly input: number; readonly output: number };
  /** The model's output limit was reached. */
  readonly isCut?: boolean;
  readonly refusal?: string;
}

/** The events of a response with this output text. */
export function responseEvents(text: string, ending: Ending = {}): ResponseStreamEvent[] {
  const id = `resp_${randomUUID()}`;
  const item_id = `msg_${randomUUID()}`;
  const message = outputMessage(text, ending, item_id);
  const reasoning: ResponseOutputItem = { id: `rs_${randomUUID()}`, type: 'reasoning', summary: [] };
  const at = { item_id, output_index: 1, content_index: 0 };
  const [part = emptyPart] = message.content;
  const events = [
    { type: 'response.created', response: response(id, []) },
    { type: 'response.in_progress', response: response(id, []) },
    { type: 'response.output_item.added', output_index: 0, item: reasoning },
    { type: 'response.output_item.done', output_index: 0, item: reasoning },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { ...message, status: 'in_progress', content: [] },
    },
    {
      type: 'response.content_part.added',
      ...at,
      part: part.type === 'refusal' ? { ...part, refusal: '' } : emptyPart,
    },
    ...(ending.refusal === undefined ? textEvents(text, at) : refusalEvents(ending.refusal, at)),
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 1, item: message },
    finalEvent(id, [reasoning, message], ending),
  ] satisfies Unnumbered[];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

type WithoutNumber<Event> = Event extends { sequence_number: number }
  ? Omit<Event, 'sequence_number'>
  : never;
type Unnumbered = WithoutNumber<ResponseStreamEvent>;
type Position = { readonly item_id: string; readonly output_index: number; readonly content_index: number };

const emptyPart = { type: 'output_text' as const, text: '', annotations: [], logprobs: [] };

function textEvents(text: string, at: Position) {
  const deltas = text
    .split(/(?= )/)
    .map((delta) => ({ type: 'response.output_text.delta' as const, ...at, delta, logprobs: [] }));
  return [...deltas, { type: 'response.output_text.done' as const, ...at, text, logprobs: [] }];
}

function refusalEvents(refusal: string, at: Position) {
  return [
    { type: 'response.refusal.delta' as const, ...at, delta: refusal },
    { type: 'response.refusal.done' as const, ...at, refusal },
  ];
}

function finalEvent(id: string, output: ResponseOutputItem[], { isCut = false, usage }: Ending) {
  const ended = { ...response(id, output), ...(usage && { usage: usageOf(usage) }) };
  if (!isCut)
    return { type: 'response.completed' as const, response: { ...ended, status: 'completed' as const } };
  const incomplete_details = { reason: 'max_output_tokens' as const };
  return {
    type: 'response.incomplete' as const,
    response: { ...ended, status: 'incomplete' as const, incomplete_details },
  };
}

function usageOf({ input, output }: NonNullable<Ending['usage']>): ResponseUsage {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

function response(id: string, output: ResponseOutputItem[]): Response {
  const wire: WireResponse = {
    id,
    object: 'response',
    created_at: 1_790_000_000,
    status: 'in_progress',
    access_programs: null,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: 'a-model',
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  };
  return wire as Response;
}

function outputMessage(text: string, { isCut = false, refusal }: Ending, id: string): ResponseOutputMessage {
  const content: ResponseOutputMessage['content'] =
    refusal === undefined ? [{ ...emptyPart, text }] : [{ type: 'refusal', refusal }];
  return { id, type: 'message', role: 'assistant', status: isCut ? 'incomplete' : 'completed', content };
}

/** What a question and its response leave in a conversation. */
export function conversationItems(question: string, output: readonly ResponseOutputItem[]) {
  const asked: Message = {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'user',
    status: 'completed',
    content: [{ type: 'input_text', text: question }],
  };
  return [asked, ...output];
}

/** An event on the wire. */
export function sse<E extends { readonly type: string }>(event: E): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
