import { z } from 'zod';
import { EMPTY_ANSWER, Unavailable } from '../domain/errors.ts';
import { hasVisibleText } from '../domain/visible.ts';
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
import { failedInBody, failedResponse, NAME, unexpected } from './ansari-failures.ts';
import { answerAt, endOf, history } from './ansari-history.ts';
import { parseInstant } from './instant.ts';

/** An answer has some thousand characters; one that is far longer is a fault. */
const MAX_ANSWER_BYTES = 200_000;

const ANSWER_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 180_000,
  // The headers come at once, the first text after the model has thought and searched.
  idleMs: 180_000,
  totalMs: 540_000,
  maxBytes: MAX_ANSWER_BYTES,
};

/** A history includes all tool results, many times the size of the text. */
const HISTORY_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 30_000,
  maxBytes: 16 * 1024 * 1024,
};

/** The backend's stream has no content type; a proxy may add one. An error page of the proxy itself is `text/html`. */
const STREAM_TYPES: ReadonlySet<string> = new Set(['', 'text/plain', 'application/octet-stream']);

/**
 * Text beside a tool call looks like an answer until the tool's result is stored. A thread without a write for this long
 * waits for no tool.
 */
const SETTLED_MS = 10_000;

const exists = z.object({ exists: z.boolean() });
const registered = z.object({
  status: z.string(),
  user_id: z.union([z.string(), z.object({ status: z.string() })]),
});
const opened = z.object({ thread_id: z.string().min(1) });
const last = z.object({ thread_id: z.string().min(1).nullable(), last_message_time: z.string().nullable() });

export interface AnsariOptions {
  /** Base URL of ansari-backend, without `/whatsapp/v2`. */
  readonly serverUrl: string;
  /** Called for each request, so that nothing keeps a key that is stored encrypted. */
  readonly apiKey: () => string;
  readonly clock: Pick<Clock, 'now'>;
  /** Returns headers that every call carries beside the key. */
  readonly headersOfCall?: HttpClientOptions['headersOfCall'];
  /** Overrides for `answer`. */
  readonly limits?: Partial<Limits>;
}

/**
 * The assistant behind ansari-backend's WhatsApp API. A rejected or missing key is `Unavailable` with the scope `app` and the
 * code `backend-key`, since it affects every turn and only an operator can fix it. 404 is `Forgotten` where it can mean a
 * person or a thread.
 */
export function createAnsariAssistant(options: AnsariOptions): Assistant {
  const { serverUrl, apiKey, clock, headersOfCall, limits } = options;
  const call = createHttpClient({ name: NAME, url: serverUrl, clock, headersOfCall });
  const answerLimits = { ...ANSWER_LIMITS, ...limits };

  async function ask(request: HttpRequest, missing: 'forgotten' | 'address'): Promise<HttpResponse> {
    const path = `/whatsapp/v2${request.path}`;
    const response = await call({ ...request, path, headers: { 'x-whatsapp-api-key': apiKey() } });
    if (response.status === 200 || response.status === 201) return response;
    throw await failedResponse(response, missing);
  }

  async function askJson<T>(
    schema: z.ZodType<T>,
    request: HttpRequest,
    missing: 'forgotten' | 'address',
  ): Promise<T> {
    const response = await ask(request, missing);
    const parsed = schema.safeParse(parseJson(await response.text()));
    if (!parsed.success) throw unexpected();
    return parsed.data;
  }

  const fetchLastThread = (assistantUserId: string, signal: AbortSignal) =>
    askJson(
      last,
      { method: 'GET', path: '/threads/last', query: { phone_num: assistantUserId }, signal },
      'forgotten',
    );

  async function fetchHistory(threadId: string, assistantUserId: string, signal: AbortSignal) {
    const path = `/threads/${encodeURIComponent(threadId)}/history`;
    const query = { phone_num: assistantUserId };
    const request: HttpRequest = { method: 'GET', path, query, limits: HISTORY_LIMITS, signal };
    return (await askJson(history, request, 'forgotten')).messages;
  }

  async function registerAnew(assistantUserId: string, language: string, signal: AbortSignal): Promise<void> {
    const json = { phone_num: assistantUserId, preferred_language: language };
    const request: HttpRequest = { method: 'POST', path: '/users/register', json, signal };
    const { status, user_id } = await askJson(registered, request, 'address');
    if (status !== 'success' || (typeof user_id !== 'string' && user_id.status !== 'success')) {
      throw failedInBody();
    }
  }

  return {
    async register(assistantUserId, language, signal) {
      const request: HttpRequest = {
        method: 'GET',
        path: '/users/exists',
        query: { phone_num: assistantUserId },
        signal,
      };
      const known = await askJson(exists, request, 'address');
      if (!known.exists) await registerAnew(assistantUserId, language, signal);
    },

    registerAnew,

    async lastThread(assistantUserId, signal) {
      const thread = await fetchLastThread(assistantUserId, signal);
      // A thread without messages may have no time, and there is nothing in it to continue.
      if (thread.thread_id === null || thread.last_message_time === null) return undefined;
      return { id: thread.thread_id, lastAt: instant(thread.last_message_time) };
    },

    async openThread(assistantUserId, title, signal) {
      const json = { phone_num: assistantUserId, title };
      const request: HttpRequest = { method: 'POST', path: '/threads', json, signal };
      const { thread_id } = await askJson(opened, request, 'forgotten');
      // Python's `None`, as a string.
      if (thread_id === 'None') throw failedInBody();
      return thread_id;
    },

    async answer({ assistantUserId, threadId, text }, signal, onFirstByte) {
      const json = { phone_num: assistantUserId, thread_id: threadId, message: text };
      const request: HttpRequest = {
        method: 'POST',
        path: '/messages/process',
        json,
        limits: answerLimits,
        signal,
        onFirstByte,
      };
      const response = await ask(request, 'forgotten');
      if (!STREAM_TYPES.has(response.type)) {
        response.discard();
        throw unexpected();
      }
      const answer = await response.text();
      if (!hasVisibleText(answer))
        throw new Unavailable(`${NAME} returned an empty answer`, { code: EMPTY_ANSWER });
      return { text: checked(answer) };
    },

    async earlierAnswer({ assistantUserId, threadId, position }, signal) {
      const answer = answerAt(await fetchHistory(threadId, assistantUserId, signal), position);
      return answer === undefined ? undefined : checked(answer);
    },

    async threadEnd({ assistantUserId, threadId, text }, signal) {
      const end = endOf(await fetchHistory(threadId, assistantUserId, signal), text);
      if (end.last !== 'answered') return end;
      const isSettled = await hasSettled(threadId, assistantUserId, signal);
      return isSettled
        ? { ...end, answer: { text: checked(end.answer.text) } }
        : { questions: end.questions, last: 'open' };
    },
  };

  async function hasSettled(
    threadId: string,
    assistantUserId: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { thread_id, last_message_time } = await fetchLastThread(assistantUserId, signal);
    if (thread_id !== threadId || last_message_time === null) return true;
    return clock.now() - instant(last_message_time) >= SETTLED_MS;
  }
}

function instant(text: string): number {
  const at = parseInstant(text);
  if (at === undefined) throw unexpected();
  return at;
}

function checked(answer: string): string {
  if (answer.includes('\0')) throw unexpected();
  if (Buffer.byteLength(answer) > MAX_ANSWER_BYTES) {
    throw new Unavailable(`${NAME} returned more than ${MAX_ANSWER_BYTES} bytes`, { code: 'too-long' });
  }
  return answer;
}
