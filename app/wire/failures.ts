import { TimeoutError } from 'got';
import { Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { Answer } from './answer.ts';

/**
 * What went wrong on the wire, without what was on it. got's errors carry the whole request (key, phone number, text)
 * and the URL, so only their names and codes are kept.
 */
export function unavailable(name: string, error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  if (error instanceof TypeError && codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new Unavailable(`${name} answers bytes that are not UTF-8`, { code: 'not-utf-8' });
  }
  if (error instanceof TimeoutError) {
    return new Unavailable(`${name} took too long (${error.event})`, {
      code: `timeout-${error.event}`,
      cause: bare(error),
    });
  }
  return new Unavailable(`${name} cannot be reached, or its answer was cut`, {
    code: codeOf(error) ?? 'network',
    cause: bare(error),
  });
}

/**
 * What a status other than success means. `missing` says what a 404 stands for: something the other side has
 * forgotten, or a wrong address that an operator must mend.
 */
export function failedStatus(
  name: string,
  { status, retryAfterMs }: Pick<Answer, 'status' | 'retryAfterMs'>,
  { keyCode, missing }: { readonly keyCode: string; readonly missing: 'forgotten' | 'address' },
): Unavailable | Refused | Forgotten {
  const code = `http-${status}`;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    const says = `${name} does not take our key (${status})`;
    return new Unavailable(says, { scope: 'app', code: keyCode, alarm: 'backend-key' });
  }
  if (status === 404 && missing === 'forgotten') {
    return new Forgotten(`${name} does not know this person or thread`);
  }
  if (status === 404 || (status >= 200 && status < 400)) {
    const says = `${name} does not answer at this address (${status})`;
    return new Unavailable(says, { scope: 'app', code, alarm: 'assistant-refused' });
  }
  if (status === 429) {
    return new Unavailable(`${name} asks us to slow down (429)`, { scope: 'app', code, ...wait });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new Unavailable(`${name} fails (${status})`, { code, ...wait });
  }
  return new Refused(`${name} refuses the request (${status})`, { code });
}

/** Its name and code only. */
function bare(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'Error';
  return new Error([name, codeOf(error)].filter(Boolean).join(' '));
}

/** Codes are words of Node.js or got (`ECONNRESET`), never data. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code) ? error.code : undefined;
}
