/** GET requests of the doctor to the services that a stack uses. */

import got, { RequestError } from 'got';
import type * as z from 'zod';
import { parseJson } from '../../../app/json.ts';

/** `status` is undefined when nothing answered. */
interface Refusal {
  readonly status: number | undefined;
  /** What the service said, or why there is no answer. Holds no credentials. */
  readonly message: string;
}

interface Question<T> {
  readonly url: string;
  /** Sent in the header `authorization`, and in no message. */
  readonly authorization: string;
  readonly shape: z.ZodType<T>;
  /** The body of a refusal, as the message of it. */
  readonly refusal: z.ZodType<string>;
}

/** Resolves to the body, or to why there is none. */
export async function ask<T>(question: Question<T>): Promise<{ body: T } | { refusal: Refusal }> {
  try {
    const { ok, body, statusCode } = await got(question.url, {
      headers: { authorization: question.authorization },
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
      timeout: { request: 15_000 },
    });
    const json = parseJson(body);
    const answer = question.shape.safeParse(json);
    if (ok && answer.success) return { body: answer.data };
    const said = question.refusal.safeParse(json).data ?? 'a response of an unknown form';
    return { refusal: { status: statusCode, message: `${statusCode}: ${said}` } };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { refusal: { status: undefined, message: `no response (${error.code})` } };
  }
}
