/**
 * OpenAI's Responses and Conversations API (developers.openai.com/api/reference: "Create a model response",
 * "Conversations", "Streaming events"). The thread is a conversation: what is asked and answered joins it when the
 * response completes, so a call that failed half-way leaves no trace in it and may be repeated.
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

/** A page of items: a hundred answers at most. */
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
  // Each word comes in an event of some hundred bytes, and the last event repeats all of them.
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
  /** With the version: `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly instructions: string;
  readonly clock: Pick<Clock, 'now'>;
  /** For `answer`. */
  readonly limits?: Partial<Limits>;
}

/**
 * A model as the assistant. It knows no persons: `register` does nothing, and no thread is found by a person. Spent
 * money and a refused key are `Unavailable` for all of us: an operator must act, and asking again soon is useless.
 */
export function createOpenAiAssistant(options: OpenAiOptions): Assistant {
  const { apiUrl, apiKey, model, instructions, clock } = options;
  const call = createHttpClient({
    name: 'OpenAI',
    url: apiUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    clock,
  });
  const answerLimits = { ...ANSWER_LIMITS, ...options.limits };

  async function ask(request: HttpRequest, missing: 'forgotten' | 'address'): Promise<HttpResponse> {
    const answer = await call(request);
    if (answer.status !== 200) throw await failedResponse(answer, missing);
    return answer;
  }

  return {
    async register() {},
    async registerAnew() {},

    async lastThread() {
      return undefined;
    },

    async openThread(_account, title, signal) {
      // A value of metadata has at most 512 characters.
      const json = { metadata: { title: [...title].slice(0, 256).join('') } };
      const answer = await ask({ method: 'POST', path: '/conversations', json, signal }, 'address');
      return read(conversation, parseJson(await answer.text())).id;
    },

    async answer({ threadId, text }, signal) {
      const json = {
        model,
        instructions,
        conversation: threadId,
        input: text,
        stream: true,
        // An old conversation outgrows the model's context; its first items are then left out.
        truncation: 'auto',
      };
      const request: HttpRequest = { method: 'POST', path: '/responses', json, limits: answerLimits, signal };
      const answer = await ask(request, 'forgotten');
      if (answer.type !== 'text/event-stream') {
        answer.discard();
        throw unexpected();
      }
      return await lastWords(eventData(answer.chunks()));
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
 * Follows the events to the one that ends the response, which holds the whole answer. The others, with the words as
 * they are written, are skipped, as are unknown ones: OpenAI adds some within a version.
 */
async function lastWords(events: AsyncIterable<string>): Promise<string> {
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
  throw new Unavailable('the answer of OpenAI was cut', { code: 'cut' });
}

/** The model's own limit ends an answer that is still worth reading; a filter ends one that must not be read. */
function incompleteAnswer(end: z.infer<typeof finished>): string {
  const reason = end.response.incomplete_details?.reason;
  if (reason !== 'max_output_tokens') {
    throw new Refused('OpenAI did not finish its answer', {
      code: reason === 'content_filter' ? reason : 'incomplete',
    });
  }
  return answerOf(end.response.output, ' …');
}
