/**
 * OpenAI's Responses and Conversations API (developers.openai.com/api/reference: "Create a model response",
 * "Conversations", "Streaming events"), and servers that speak the Responses API only. A thread is a conversation: question
 * and answer are added when the response completes, so a call that failed half-way leaves no trace and may be repeated.
 */
import { z } from 'zod';
import type { Thread } from '../domain/conversation.ts';
import { Forgotten } from '../domain/errors.ts';
import {
  createHttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  type Limits,
} from '../http-client/client.ts';
import { parseJson } from '../json.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import { answering } from './openai-answer.ts';
import { instructionsWith, REPLY_FORMAT } from './openai-contract.ts';
import { type Failure, failedResponse, readFailure, rejectsFormat, unexpected } from './openai-failures.ts';
import { type GetPage, lastReply, read, replyAt } from './openai-items.ts';
import { finalReply, type Generated, MAX_ANSWER_BYTES } from './openai-stream.ts';

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

/** Copying takes no thought, and the call comes after one that may have taken its whole time. */
const REPAIR_LIMITS: Limits = { ...ANSWER_LIMITS, firstByteMs: 60_000, idleMs: 60_000, totalMs: 120_000 };

/** Statuses of a server without the path `/conversations`. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([404, 405, 501]);
/** Begins the id of a thread without a conversation: each question in it is asked as if it were the first. */
const NO_CONVERSATION = 'no-conversation:';

const conversation = z.object({ id: z.string().min(1) });
/** LM Studio answers paths that it does not have with 200 (lmstudio-ai/lmstudio-bug-tracker issue 618). */
const noSuchPath = z.object({ error: z.string().startsWith('Unexpected endpoint or method') });

export interface OpenAiOptions {
  /** Base URL with the version: `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  /** Called for each request, so that nothing keeps a key that is stored encrypted. */
  readonly apiKey: () => string;
  readonly model: string;
  /** The operator's; the reply contract is added. */
  readonly instructions: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
  /** Returns headers that every call carries beside the key. */
  readonly headersOfCall?: HttpClientOptions['headersOfCall'];
  /** Called once if the server keeps no conversations. */
  readonly onNoConversations?: () => void;
  /** Overrides for `answer`. */
  readonly limits?: Partial<Limits>;
}

type Missing = 'forgotten' | 'address';

interface Generation extends Pick<HttpRequest, 'onFirstByte'> {
  readonly missing: Missing;
  readonly bounds: Limits;
  readonly signal: AbortSignal;
}

/**
 * A model as the assistant. It has no users: `register` does nothing, and `lastThread` finds none. An exhausted quota and a
 * rejected key are `Unavailable` with the scope `app`: an operator must act, and a quick retry is useless. On a server
 * without conversations threads have no memory and `threadEnd` finds nothing.
 */
export function createOpenAiAssistant(options: OpenAiOptions): Assistant {
  const { apiUrl, apiKey, model, clock, newId, headersOfCall, limits } = options;
  const instructions = instructionsWith(options.instructions);
  const client = createHttpClient({ name: 'OpenAI', url: apiUrl, clock, headersOfCall });
  /** Until the server rejects `text.format` and then takes the same request without it. */
  let takesFormat = true;
  let isReported = false;

  const call = (request: HttpRequest): Promise<HttpResponse> =>
    client({ ...request, headers: { authorization: `Bearer ${apiKey()}` } });

  async function generate(json: object, { missing, bounds, signal, onFirstByte }: Generation) {
    const post = (more: object): Promise<HttpResponse> =>
      call({
        method: 'POST',
        path: '/responses',
        // A long conversation exceeds the model's context; its first items are then left out.
        json: { model, instructions, ...json, stream: true, truncation: 'auto', ...more },
        limits: { ...bounds, ...limits },
        signal,
        onFirstByte,
      });
    if (!takesFormat) return replyIn(await post({}), missing);
    const response = await post({ text: { format: REPLY_FORMAT } });
    const failure = response.status === 200 ? undefined : await readFailure(response);
    if (failure === undefined || !rejectsFormat(failure)) return replyIn(response, missing, failure);
    const withoutFormat = await post({});
    takesFormat = withoutFormat.status !== 200;
    return replyIn(withoutFormat, missing);
  }

  async function replyIn(response: HttpResponse, missing: Missing, failure?: Failure): Promise<Generated> {
    if (response.status !== 200) throw failedResponse(failure ?? (await readFailure(response)), missing);
    if (response.type !== 'text/event-stream') {
      response.discard();
      throw unexpected();
    }
    return finalReply(response.chunks());
  }

  /** In no conversation, so that the thread holds the question and its answer only. */
  const repair = (input: string, signal: AbortSignal) =>
    generate({ input, store: false }, { missing: 'address', bounds: REPAIR_LIMITS, signal });
  const { answerOf, endOf } = answering(repair);

  const itemsOf =
    (threadId: string, signal: AbortSignal): GetPage =>
    async (query) => {
      const path = `/conversations/${encodeURIComponent(threadId)}/items`;
      const response = await call({ method: 'GET', path, query, limits: ITEMS_LIMITS, signal });
      if (NO_SUCH_PATH.has(response.status)) response.discard();
      else if (response.status !== 200) throw failedResponse(await readFailure(response), 'forgotten');
      else {
        const body = parseJson(await response.text());
        if (!noSuchPath.safeParse(body).success) return body;
      }
      throw new Forgotten('OpenAI does not know this conversation');
    };

  function openWithoutConversation(): string {
    if (!isReported) options.onNoConversations?.();
    isReported = true;
    return NO_CONVERSATION + newId();
  }

  return {
    async register() {},
    async registerAnew() {},

    async lastThread(): Promise<Thread | undefined> {
      return undefined;
    },

    async openThread(_account, title, signal) {
      // Metadata values have at most 512 characters.
      const json = { metadata: { title: [...title].slice(0, 256).join('') } };
      const response = await call({ method: 'POST', path: '/conversations', json, signal });
      if (NO_SUCH_PATH.has(response.status)) {
        response.discard();
        return openWithoutConversation();
      }
      if (response.status !== 200) throw failedResponse(await readFailure(response), 'address');
      const body = parseJson(await response.text());
      return noSuchPath.safeParse(body).success ? openWithoutConversation() : read(conversation, body).id;
    },

    async answer({ threadId, text }, signal, onFirstByte) {
      const generation = { bounds: ANSWER_LIMITS, signal, onFirstByte };
      const generated = isWithoutConversation(threadId)
        ? generate({ input: text, store: false }, { ...generation, missing: 'address' })
        : generate({ input: text, conversation: threadId }, { ...generation, missing: 'forgotten' });
      return answerOf(text, await generated, signal);
    },

    async earlierAnswer({ threadId, position }, signal) {
      if (isWithoutConversation(threadId)) return undefined;
      const reading = await replyAt(position, itemsOf(threadId, signal));
      if (reading?.kind === 'reply') return reading.reply.text;
      return reading?.kind === 'prose' ? reading.text : undefined;
    },

    async threadEnd({ threadId, text }, signal) {
      if (isWithoutConversation(threadId)) return { questions: 0, last: 'other' };
      return endOf(text, await lastReply(text, itemsOf(threadId, signal)), signal);
    },
  };
}

function isWithoutConversation(threadId: string): boolean {
  return threadId.startsWith(NO_CONVERSATION);
}
