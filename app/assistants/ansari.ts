import { z } from 'zod';
import { Unavailable } from '../conversation/errors.ts';
import type { Assistant, Clock } from '../ports.ts';
import type { Answer } from '../wire/answer.ts';
import { type Call, createCaller, type Limits } from '../wire/call.ts';
import { failedStatus } from '../wire/failures.ts';
import { parseJson } from '../wire/json.ts';
import { parseInstant } from './instant.ts';

const NAME = 'the backend';

/** A full answer is some thousand characters; what is longer by far is a fault, not an answer. */
const ANSWER_LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 180_000,
  idleMs: 60_000,
  totalMs: 540_000,
  longestBytes: 200_000,
};

const exists = z.object({ exists: z.boolean() });
const registered = z.object({ status: z.literal('success') });
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
 * The assistant behind ansari-backend's WhatsApp API. A refused key is `Unavailable` for all of us with the code
 * `backend-key`, since every turn is hit and only an operator can mend it. 404 is `Forgotten` where it can mean a
 * person or a thread.
 */
export function createAnsariAssistant({ serverUrl, apiKey, clock, limits }: AnsariOptions): Assistant {
  const call = createCaller({ name: NAME, url: serverUrl, headers: { 'x-whatsapp-api-key': apiKey }, clock });
  const answerLimits = { ...ANSWER_LIMITS, ...limits };

  async function ask(request: Call, missing: 'forgotten' | 'address'): Promise<Answer> {
    const answer = await call({ ...request, path: `/whatsapp/v2${request.path}` });
    if (answer.status === 200 || answer.status === 201) return answer;
    answer.discard();
    throw failedStatus(NAME, answer, { keyCode: 'backend-key', missing });
  }

  async function askJson<T>(
    schema: z.ZodType<T>,
    request: Call,
    missing: 'forgotten' | 'address',
  ): Promise<T> {
    const answer = await ask(request, missing);
    return parse(schema, await answer.text());
  }

  return {
    async register(account, language, signal) {
      const known = await askJson(
        exists,
        { method: 'GET', path: '/users/exists', query: { phone_num: account }, signal },
        'address',
      );
      if (known.exists) return;
      const json = { phone_num: account, preferred_language: language };
      await askJson(registered, { method: 'POST', path: '/users/register', json, signal }, 'address');
    },

    async lastThread(account, signal) {
      const thread = await askJson(
        last,
        { method: 'GET', path: '/threads/last', query: { phone_num: account }, signal },
        'forgotten',
      );
      // A thread in which nothing was said yet has no time, and nothing in it to go on with.
      if (thread.thread_id === null || thread.last_message_time === null) return undefined;
      const lastAt = parseInstant(thread.last_message_time);
      if (lastAt === undefined) throw unexpected();
      return { id: thread.thread_id, lastAt };
    },

    async openThread(account, title, signal) {
      const json = { phone_num: account, title };
      const request: Call = { method: 'POST', path: '/threads', json, signal };
      return (await askJson(opened, request, 'forgotten')).thread_id;
    },

    async answer({ account, threadId, text }, signal) {
      const json = { phone_num: account, thread_id: threadId, message: text };
      const request: Call = { method: 'POST', path: '/messages/process', json, limits: answerLimits, signal };
      const answer = await ask(request, 'forgotten');
      if (answer.type !== 'text/plain') {
        answer.discard();
        throw unexpected();
      }
      const words = await answer.text();
      if (words.trim() === '') throw new Unavailable(`${NAME} answers nothing`, { code: 'empty-answer' });
      if (words.includes('\0')) throw unexpected();
      return words;
    },
  };
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw unexpected();
  return parsed.data;
}

/** Without a cause: what was answered may be personal, and a parser's error quotes it. */
function unexpected(): Unavailable {
  return new Unavailable(`${NAME} answers something that is not its API`, { code: 'unexpected-answer' });
}
