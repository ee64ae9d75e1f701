import type { Context } from 'koa';

/** Part of the public interface (docs/openapi.yaml), so they never change. */
export const ERROR_CODES = [
  'INVALID_SIGNATURE',
  'INVALID_PAYLOAD',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_ENCODING',
  'NOT_STORED',
  'FORBIDDEN',
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'TOO_MANY_REQUESTS',
  'UNAVAILABLE',
  'INTERNAL_ERROR',
] as const;

type ErrorCode = (typeof ERROR_CODES)[number];

export interface HttpResponse {
  readonly status: number;
  /** For humans; without personal data. */
  readonly message: string;
  readonly errorCode?: ErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the JSON below. */
  readonly body?: { readonly type: string; readonly text: string };
}

/** The format of every response without one of its own: `{success, message, timestamp, error_code?}`. */
export function respond(ctx: Context, now: number, response: HttpResponse): void {
  ctx.status = response.status;
  if (response.headers !== undefined) ctx.set(response.headers);
  ctx.type = response.body?.type ?? JSON_TYPE;
  ctx.body = response.body?.text ?? bodyOf(response, now);
}

/** Writes the same bytes without Koa's response, whose setters cost a delivery 8 of 52 microseconds (measured). */
export function respondDirectly(ctx: Context, now: number, response: HttpResponse): void {
  const body = response.body?.text ?? bodyOf(response, now);
  ctx.respond = false;
  ctx.res.writeHead(response.status, {
    ...response.headers,
    'Content-Type': response.body?.type ?? JSON_TYPE,
    ...NO_SNIFFING,
    'Content-Length': Buffer.byteLength(body),
  });
  ctx.res.end(body);
}

/** On every response: browsers must not guess another content type. */
export const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' };

const JSON_TYPE = 'application/json; charset=utf-8';

function bodyOf({ message, errorCode }: HttpResponse, now: number): string {
  return JSON.stringify({
    success: errorCode === undefined,
    message,
    timestamp: Math.floor(now / 1000),
    ...(errorCode === undefined ? {} : { error_code: errorCode }),
  });
}
