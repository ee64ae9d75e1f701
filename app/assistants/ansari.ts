import { z } from 'zod';
import { EMPTY_ANSWER, Unavailable } from '../domain/errors.ts';
import { hasVisibleText } from '../domain/visible.ts';
import { createHttpClient, type HttpRequest, type HttpResponse, type Limits } from '../http-client/client.ts';
import { parseJson } from '../json.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import { failedAnswer, failedInside, NAME, unexpected } from './ansari-failures.ts';
import { endOf, history } from './ansari-history.ts';
import { parseInstant } from './instant.ts';

/** A full answer is some thousand characters; what is longer by far is a fault, not an answer. */
const MAX_ANSWER_BYTES = 200_000;

const ANSWER_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 180_000,
  // The head comes at once, and the first words when the model has thought and searched.
  idleMs: 180_000,
  totalMs: 540_000,
  maxBytes: MAX_ANSWER_BYTES,
};

/** With all that the model's tools found, which is many times the words. */
const HISTORY_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 30_000,
  maxBytes: 16 * 1024 * 1024,
};

/** The backend sends none on its stream; a proxy in front of it may add one. A page of the proxy's own is `text/html`. */
const STREAM_TYPES: ReadonlySet<string> = new Set(['', 'text/plain', 'application/octet-stream']);

/**
 * Words beside a call of a tool look like an answer until the result of the tool is stored. A thread in which nothing was
 * stored for so long waits for no tool.
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
  /** Where ansari-backend listens, without `/whatsapp/v2`. */
  readonly serverUrl: string;
  readonly apiKey: string;
  readonly clock: Pick<Clock, 'now'>;
  /** For `answer`. */
  readonly limits?: Partial<Limits>;
}

/**
 * The assistant behind ansari-backend's WhatsApp API. A key that is refused or did not arrive is `Unavailable` for all of
 * us with the code `backend-key`, since every turn is hit and only an operator can mend it. 404 is `Forgotten` where it
 * can mean a person or a thread.
 */
export function createAnsariAssistant({ serverUrl, apiKey, clock, limits }: AnsariOptions): Assistant {
  const call = createHttpClient({
    name: NAME,
    url: serverUrl,
    headers: { 'x-whatsapp-api-key': apiKey },
    clock,
  });
  const answerLimits = { ...ANSWER_LIMITS, ...limits };

  async function ask(request: HttpRequest, missing: 'forgotten' | 'address'): Promise<HttpResponse> {
    const answer = await call({ ...request, path: `/whatsapp/v2${request.path}` });
    if (answer.status === 200 || answer.status === 201) return answer;
    throw await failedAnswer(answer, missing);
  }

  async function askJson<T>(
    schema: z.ZodType<T>,
    request: HttpRequest,
    missing: 'forgotten' | 'address',
  ): Promise<T> {
    const answer = await ask(request, missing);
    const parsed = schema.safeParse(parseJson(await answer.text()));
    if (!parsed.success) throw unexpected();
    return parsed.data;
  }

  const lastOf = (assistantUserId: string, signal: AbortSignal) =>
    askJson(
      last,
      { method: 'GET', path: '/threads/last', query: { phone_num: assistantUserId }, signal },
      'forgotten',
    );

  async function registerAnew(assistantUserId: string, language: string, signal: AbortSignal): Promise<void> {
    const json = { phone_num: assistantUserId, preferred_language: language };
    const request: HttpRequest = { method: 'POST', path: '/users/register', json, signal };
    const { status, user_id } = await askJson(registered, request, 'address');
    if (status !== 'success' || (typeof user_id !== 'string' && user_id.status !== 'success')) {
      throw failedInside();
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
      const thread = await lastOf(assistantUserId, signal);
      // A thread in which nothing was said yet may have no time, and nothing in it to go on with.
      if (thread.thread_id === null || thread.last_message_time === null) return undefined;
      return { id: thread.thread_id, lastAt: instant(thread.last_message_time) };
    },

    async openThread(assistantUserId, title, signal) {
      const json = { phone_num: assistantUserId, title };
      const request: HttpRequest = { method: 'POST', path: '/threads', json, signal };
      const { thread_id } = await askJson(opened, request, 'forgotten');
      // Python's word for nothing.
      if (thread_id === 'None') throw failedInside();
      return thread_id;
    },

    async answer({ assistantUserId, threadId, text }, signal) {
      const json = { phone_num: assistantUserId, thread_id: threadId, message: text };
      const request: HttpRequest = {
        method: 'POST',
        path: '/messages/process',
        json,
        limits: answerLimits,
        signal,
      };
      const answer = await ask(request, 'forgotten');
      if (!STREAM_TYPES.has(answer.type)) {
        answer.discard();
        throw unexpected();
      }
      const words = await answer.text();
      if (!hasVisibleText(words)) throw new Unavailable(`${NAME} answers nothing`, { code: EMPTY_ANSWER });
      return checked(words);
    },

    async threadEnd({ assistantUserId, threadId, text }, signal) {
      const path = `/threads/${encodeURIComponent(threadId)}/history`;
      const query = { phone_num: assistantUserId };
      const request: HttpRequest = { method: 'GET', path, query, limits: HISTORY_LIMITS, signal };
      const { messages } = await askJson(history, request, 'forgotten');
      const end = endOf(messages, text);
      if (end.last !== 'answered') return end;
      const isSettled = await hasSettled(threadId, assistantUserId, signal);
      return isSettled ? { ...end, answer: checked(end.answer) } : { questions: end.questions, last: 'open' };
    },
  };

  async function hasSettled(
    threadId: string,
    assistantUserId: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { thread_id, last_message_time } = await lastOf(assistantUserId, signal);
    if (thread_id !== threadId || last_message_time === null) return true;
    return clock.now() - instant(last_message_time) >= SETTLED_MS;
  }
}

function instant(text: string): number {
  const at = parseInstant(text);
  if (at === undefined) throw unexpected();
  return at;
}

function checked(words: string): string {
  if (words.includes('\0')) throw unexpected();
  if (Buffer.byteLength(words) > MAX_ANSWER_BYTES) {
    throw new Unavailable(`${NAME} answers more than ${MAX_ANSWER_BYTES} bytes`, { code: 'too-long' });
  }
  return words;
}
