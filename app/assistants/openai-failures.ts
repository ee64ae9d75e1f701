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

const text = z.string().nullish().catch(undefined);
const body = z.object({
  error: z.union([
    z.object({ type: text, code: text, param: text, message: text }),
    z.string().transform((message) => ({ message })),
  ]),
});
/** FastAPI's list of faults in a request. */
const faults = z.object({ detail: z.array(z.object({ loc: z.array(z.unknown()) })) });

/** What an unsuccessful response says. */
export interface Failure {
  readonly response: HttpResponse;
  readonly type: string;
  readonly code: string;
  /** The parameter of the request that is at fault. */
  readonly param: string;
  /** May quote the request: for comparisons only. */
  readonly message: string;
}

/** Consumes the body of a response other than 200. */
export async function readFailure(response: HttpResponse): Promise<Failure> {
  const value = parseJson(await response.text());
  const fault = faults.safeParse(value).data?.detail[0]?.loc.slice(1).join('.');
  const error: Partial<z.infer<typeof body>['error']> = body.safeParse(value).data?.error ?? {};
  const { type, code, param, message } = { type: '', code: '', param: fault, ...error };
  return { response, type: type ?? '', code: code ?? '', param: param ?? '', message: message ?? '' };
}

/** Returns whether the server, or this model, does not take `text.format`. */
export function rejectsFormat({ response: { status }, param, message }: Failure): boolean {
  if (status !== 400 && status !== 422) return false;
  return (
    /^text(\.|$)/.test(param) || /text\.format|json_schema|response_format|structured output/i.test(message)
  );
}

/** Returns the error by the code of the failure, else by its status. */
export function failedResponse(
  { response, type, code, param }: Failure,
  missing: 'forgotten' | 'address',
): Unavailable | Refused | Forgotten {
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

export function brokenContract(): Refused {
  return new Refused('the model did not reply in the required form, and neither did the repair', {
    code: 'reply-contract',
  });
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
