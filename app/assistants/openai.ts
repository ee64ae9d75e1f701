/**
 * OpenAI's Responses and Conversations API (developers.openai.com/api/reference: "Create a model response",
 * "Conversations", "Streaming events"). A thread is a conversation: question and answer are added when the response
 * completes, so a call that failed half-way leaves no trace and may be repeated.
 */
import { z } from 'zod';
import { Refused, Unavailable } from '../domain/errors.ts';
import { createHttpClient, type HttpRequest, type HttpResponse, type Limits } from '../http-client/client.ts';
import { eventData } from '../http-client/event-stream.ts';
import { parseJson } from '../json.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import { failedCode, failedResponse, unexpected } from './openai-failures.ts';
import { answerOf, endOf, item, MAX_ANSWER_BYTES, read } from './openai-items.ts';

/** For a page of items, at most a hundred answers. */
const ITEMS_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 30_000,
  maxBytes: 16 * 1024 * 1024,
};

const ANSWER_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 120_000,
  // A reasoning model is silent while it thinks.
  idleMs: 300_000,
  totalMs: 540_000,
  // Each word is an event of some hundred bytes, and the last event repeats the whole text.
  maxBytes: 100 * MAX_ANSWER_BYTES,
};

const conversation = z.object({ id: z.string().min(1) });

const event = z.object({ type: z.string() });
const failure = z.object({ code: z.string().nullish() });
const finished = z.object({
  response: z.object({
    output: z.array(item),
    error: failure.nullish(),
    incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  }),
});
const streamError = z.object({ code: z.string().nullish(), error: failure.nullish() });

export interface OpenAiOptions {
  /** Base URL with the version: `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  /** Called for each request, so that nothing keeps a key that is stored encrypted. */
  readonly apiKey: () => string;
  readonly model: string;
  readonly instructions: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Overrides for `answer`. */
  readonly limits?: Partial<Limits>;
}

/**
 * A model as the assistant. It has no users: `register` does nothing, and `lastThread` finds none. An exhausted quota and a
 * rejected key are `Unavailable` with the scope `app`: an operator must act, and a quick retry is useless.
 */
export function createOpenAiAssistant(options: OpenAiOptions): Assistant {
  const { apiUrl, apiKey, model, instructions, clock } = options;
  const call = createHttpClient({ name: 'OpenAI', url: apiUrl, clock });
  const answerLimits = { ...ANSWER_LIMITS, ...options.limits };

  async function ask(request: HttpRequest, missing: 'forgotten' | 'address'): Promise<HttpResponse> {
    const response = await call({ ...request, headers: { authorization: `Bearer ${apiKey()}` } });
    if (response.status !== 200) throw await failedResponse(response, missing);
    return response;
  }

  return {
    async register() {},
    async registerAnew() {},

    async lastThread() {
      return undefined;
    },

    async openThread(_account, title, signal) {
      // Metadata values have at most 512 characters.
      const json = { metadata: { title: [...title].slice(0, 256).join('') } };
      const response = await ask({ method: 'POST', path: '/conversations', json, signal }, 'address');
      return read(conversation, parseJson(await response.text())).id;
    },

    async answer({ threadId, text }, signal) {
      const json = {
        model,
        instructions,
        conversation: threadId,
        input: text,
        stream: true,
        // A long conversation exceeds the model's context; its first items are then left out.
        truncation: 'auto',
      };
      const request: HttpRequest = { method: 'POST', path: '/responses', json, limits: answerLimits, signal };
      const response = await ask(request, 'forgotten');
      if (response.type !== 'text/event-stream') {
        response.discard();
        throw unexpected();
      }
      return { text: await finalAnswer(eventData(response.chunks())) };
    },

    async earlierAnswer() {
      return undefined;
    },

    async threadEnd({ threadId, text }, signal) {
      return endOf(threadId, text, async (path, query) => {
        const request: HttpRequest = { method: 'GET', path, query, limits: ITEMS_LIMITS, signal };
        return parseJson(await (await ask(request, 'forgotten')).text());
      });
    },
  };
}

/**
 * Resolves to the answer in the event that ends the response. Events with partial text are skipped, as are unknown ones:
 * OpenAI adds some within a version.
 */
async function finalAnswer(events: AsyncIterable<string>): Promise<string> {
  for await (const data of events) {
    if (data === '[DONE]') break;
    const value = parseJson(data);
    switch (read(event, value).type) {
      case 'response.completed':
        return answerOf(read(finished, value).response.output, '');
      case 'response.incomplete':
        return incompleteAnswer(read(finished, value));
      case 'response.failed':
        throw failedCode(read(finished, value).response.error?.code);
      case 'error': {
        const { code, error } = read(streamError, value);
        throw failedCode(code ?? error?.code);
      }
    }
  }
  throw new Unavailable('the answer of OpenAI was cut off', { code: 'cut' });
}

/** An answer cut by the model's output limit is still useful; one stopped by a content filter must not be sent. */
function incompleteAnswer(end: z.infer<typeof finished>): string {
  const reason = end.response.incomplete_details?.reason;
  if (reason !== 'max_output_tokens') {
    throw new Refused('OpenAI did not finish its answer', {
      code: reason === 'content_filter' ? reason : 'incomplete',
    });
  }
  return answerOf(end.response.output, ' …');
}
