import { z } from 'zod';
import { Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { HttpResponse } from '../http-client/client.ts';
import { failedStatus } from '../http-client/status.ts';
import { parseJson } from '../json.ts';

/** Raises an alarm; the turns wait, without counting attempts. */
const NEEDS_OPERATOR = { scope: 'app', alarm: 'assistant-refused' } as const;

/**
 * Codes of a 429 that mean a spent quota or budget, not a rate limit (OpenAI, "Error codes": retrying does not restore
 * access). `insufficient_quota` is the older code, and still the type of the others.
 */
const QUOTA_EXHAUSTED: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_hard_limit_reached',
]);

const RATE_LIMITED: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'slow_down']);
const OVERLOADED: ReadonlySet<string> = new Set(['server_error', 'server_is_overloaded']);

const body = z.object({
  error: z.object({
    type: z.string().nullish(),
    code: z.string().nullish(),
    param: z.string().nullish(),
  }),
});

/** Returns the error for a response other than 200, by its code, else by its status. Consumes the body. */
export async function failedResponse(
  response: HttpResponse,
  missing: 'forgotten' | 'address',
): Promise<Unavailable | Refused | Forgotten> {
  const { type, code, param } = errorOf(await response.text());
  if (QUOTA_EXHAUSTED.has(code) || QUOTA_EXHAUSTED.has(type))
    return quotaExhausted(QUOTA_EXHAUSTED.has(code) ? code : type);
  if (code === 'model_not_found') {
    return new Unavailable('OpenAI does not offer this model', { ...NEEDS_OPERATOR, code });
  }
  if (code === 'conversation_locked') {
    // "Please retry in a few seconds": an aborted response is still running.
    return new Unavailable('OpenAI is still processing this conversation', { code, retryAfterMs: 5_000 });
  }
  // Also 400: an id of another assistant, stored before `ASSISTANT` was changed, is malformed here.
  if (param.startsWith('conversation')) return new Forgotten('OpenAI does not know this conversation');
  return failedStatus('OpenAI', response, { keyCode: 'openai-key', missing });
}

/** Returns the error for the code of a failed response or of an `error` event. */
export function failedCode(code: string | null | undefined): Unavailable | Refused {
  if (code && QUOTA_EXHAUSTED.has(code)) return quotaExhausted(code);
  if (code && RATE_LIMITED.has(code)) {
    return new Unavailable('OpenAI limits the rate of requests', { scope: 'app', code });
  }
  // Without a code a retry may succeed.
  if (!code || OVERLOADED.has(code)) {
    return new Unavailable('OpenAI failed', { code: code ? code : 'failed' });
  }
  return new Refused('OpenAI rejected the request', { code: /^[a-z_]{1,64}$/.test(code) ? code : 'failed' });
}

export function unexpected(): Unavailable {
  return new Unavailable('OpenAI sent a response that does not match its API', { code: 'unexpected-answer' });
}

function quotaExhausted(code: string): Unavailable {
  const message = `the OpenAI quota or budget is exhausted (${code})`;
  return new Unavailable(message, { ...NEEDS_OPERATOR, code: 'openai-spent' });
}

function errorOf(text: string): { type: string; code: string; param: string } {
  const { type, code, param } = body.safeParse(parseJson(text)).data?.error ?? {};
  return { type: type ?? '', code: code ?? '', param: param ?? '' };
}
