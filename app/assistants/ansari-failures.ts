import { type Forgotten, type Refused, Unavailable } from '../domain/errors.ts';
import type { HttpResponse } from '../http-client/client.ts';
import { failedStatus } from '../http-client/status.ts';

export const NAME = 'the backend';

/** FastAPI's error for a request without the key's header. */
const KEY_MISSING = /'missing',\s*'loc':\s*\('header',\s*'x-whatsapp-api-key'\)/;

/**
 * Returns the error for an unsuccessful response, after consuming its body. ansari-backend answers any exception, such as
 * a database failure, with 400, so a 400 does not prove a faulty request. Only one about a missing key needs an operator.
 */
export async function failedResponse(
  response: HttpResponse,
  missing: 'forgotten' | 'address',
): Promise<Unavailable | Refused | Forgotten> {
  if (response.status !== 400) {
    response.discard();
    return failedStatus(NAME, response, { keyCode: 'backend-key', missing });
  }
  if (KEY_MISSING.test(await response.text())) {
    const message = `${NAME} did not receive the API key (400)`;
    return new Unavailable(message, { scope: 'app', code: 'backend-key', alarm: 'backend-key' });
  }
  return new Unavailable(`${NAME} failed (400)`, { code: 'http-400' });
}

/** Has no cause: a parser's error quotes the response, which may hold personal data. */
export function unexpected(): Unavailable {
  return new Unavailable(`${NAME} sent a response that does not match its API`, {
    code: 'unexpected-answer',
  });
}

/** For a successful status whose body reports a failure, as when the backend's database is down. */
export function failedInBody(): Unavailable {
  return new Unavailable(`${NAME} reported a failure in a successful response`, { code: 'failed-inside' });
}
