import { Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { HttpResponse } from './client.ts';

/**
 * Returns the error for an unsuccessful status. `missing` says what a 404 means: data that the other side no longer has,
 * or a wrong URL that an operator must correct.
 */
export function failedStatus(
  name: string,
  { status, retryAfterMs }: Pick<HttpResponse, 'status' | 'retryAfterMs'>,
  { keyCode, missing }: { readonly keyCode: string; readonly missing: 'forgotten' | 'address' },
): Unavailable | Refused | Forgotten {
  const code = `http-${status}`;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    const message = `${name} does not take our key (${status})`;
    return new Unavailable(message, { scope: 'app', code: keyCode, alarm: 'backend-key' });
  }
  if (status === 404 && missing === 'forgotten') {
    return new Forgotten(`${name} does not know this person or thread`);
  }
  if (status === 404 || (status >= 200 && status < 400)) {
    const message = `${name} does not answer at this address (${status})`;
    return new Unavailable(message, { scope: 'app', code, alarm: 'assistant-refused' });
  }
  if (status === 429) {
    return new Unavailable(`${name} asks us to slow down (429)`, { scope: 'app', code, ...wait });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new Unavailable(`${name} fails (${status})`, { code, ...wait });
  }
  return new Refused(`${name} refuses the request (${status})`, { code });
}
