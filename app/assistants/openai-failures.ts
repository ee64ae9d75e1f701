import { z } from 'zod';
import { Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { HttpResponse } from '../http-client/client.ts';
import { failedStatus } from '../http-client/status.ts';
import { parseJson } from '../json.ts';

/** An operator is told, and the queue is kept meanwhile. */
const TO_MEND = { scope: 'app', alarm: 'assistant-refused' } as const;

/**
 * Codes of a 429 that mean money or a limit, not speed (OpenAI, "Error codes": retrying does not restore access).
 * `insufficient_quota` is the older one, and is still the type of the others.
 */
const SPENT: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_hard_limit_reached',
]);

const TOO_FAST: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'slow_down']);
const OVERLOADED: ReadonlySet<string> = new Set(['server_error', 'server_is_overloaded']);

const body = z.object({
  error: z.object({
    type: z.string().nullish(),
    code: z.string().nullish(),
    param: z.string().nullish(),
  }),
});

/** What an answer other than 200 means: its code first, its status when the code says nothing. Reads the answer. */
export async function failedResponse(
  answer: HttpResponse,
  missing: 'forgotten' | 'address',
): Promise<Unavailable | Refused | Forgotten> {
  const { type, code, param } = errorOf(await answer.text());
  if (SPENT.has(code) || SPENT.has(type)) return spent(SPENT.has(code) ? code : type);
  if (code === 'model_not_found') {
    return new Unavailable('OpenAI does not offer this model', { ...TO_MEND, code });
  }
  if (code === 'conversation_locked') {
    // "Please retry in a few seconds": a response that we left behind still runs.
    return new Unavailable('OpenAI still works on this conversation', { code, retryAfterMs: 5_000 });
  }
  // Also 400: an id that another assistant gave, from before a change of `ASSISTANT`, is malformed here.
  if (param.startsWith('conversation')) return new Forgotten('OpenAI does not know this conversation');
  return failedStatus('OpenAI', answer, { keyCode: 'openai-key', missing });
}

/** What the code in a failed response, or in an `error` event, means. */
export function failedCode(code: string | null | undefined): Unavailable | Refused {
  if (code && SPENT.has(code)) return spent(code);
  if (code && TOO_FAST.has(code)) {
    return new Unavailable('OpenAI asks us to slow down', { scope: 'app', code });
  }
  // Without a code nothing says that it would fail again.
  if (!code || OVERLOADED.has(code)) {
    return new Unavailable('OpenAI fails', { code: code ? code : 'failed' });
  }
  return new Refused('OpenAI refuses the request', { code: /^[a-z_]{1,64}$/.test(code) ? code : 'failed' });
}

export function unexpected(): Unavailable {
  return new Unavailable('OpenAI answers something that is not its API', { code: 'unexpected-answer' });
}

function spent(code: string): Unavailable {
  const says = `OpenAI wants to be paid (${code})`;
  return new Unavailable(says, { ...TO_MEND, code: 'openai-spent' });
}

function errorOf(text: string): { type: string; code: string; param: string } {
  const { type, code, param } = body.safeParse(parseJson(text)).data?.error ?? {};
  return { type: type ?? '', code: code ?? '', param: param ?? '' };
}
