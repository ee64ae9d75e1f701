import { type Forgotten, type Refused, Unavailable } from '../domain/errors.ts';
import type { HttpResponse } from '../http-client/client.ts';
import { failedStatus } from '../http-client/status.ts';

export const NAME = 'the backend';

/** FastAPI's words for a request without the header of the key. */
const KEY_MISSING = /'missing',\s*'loc':\s*\('header',\s*'x-whatsapp-api-key'\)/;

/**
 * What a status other than success means. Reads the answer. A 400 is any exception of ansari-backend's, its database's
 * trouble among them: no proof that the request is at fault. Only one that misses our key is for an operator.
 */
export async function failedAnswer(
  answer: HttpResponse,
  missing: 'forgotten' | 'address',
): Promise<Unavailable | Refused | Forgotten> {
  if (answer.status !== 400) {
    answer.discard();
    return failedStatus(NAME, answer, { keyCode: 'backend-key', missing });
  }
  if (KEY_MISSING.test(await answer.text())) {
    const says = `${NAME} did not get our key (400)`;
    return new Unavailable(says, { scope: 'app', code: 'backend-key', alarm: 'backend-key' });
  }
  return new Unavailable(`${NAME} fails (400)`, { code: 'http-400' });
}

/** Without a cause: what was answered may be personal, and a parser's error quotes it. */
export function unexpected(): Unavailable {
  return new Unavailable(`${NAME} answers something that is not its API`, { code: 'unexpected-answer' });
}

/** A success whose content says that the backend could not do it: its database is down. */
export function failedInside(): Unavailable {
  return new Unavailable(`${NAME} says that it could not do it`, { code: 'failed-inside' });
}
