import type { Context } from 'koa';

/** Words for programs; part of the interface, so they never change. */
type ErrorCode =
  | 'INVALID_SIGNATURE'
  | 'INVALID_PAYLOAD'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_ENCODING'
  | 'NOT_STORED'
  | 'FORBIDDEN'
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'UNAVAILABLE'
  | 'INTERNAL_ERROR';

export interface Answer {
  readonly status: number;
  /** For people; without personal data. */
  readonly message: string;
  readonly errorCode?: ErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one form of every answer that is not a page of its own: `{success, message, timestamp, error_code?}`. */
export function answer(ctx: Context, now: number, said: Answer): void {
  ctx.status = said.status;
  if (said.headers !== undefined) ctx.set(said.headers);
  ctx.type = JSON_TYPE;
  ctx.body = bodyOf(said, now);
}

/** The same bytes past Koa's response, whose setters cost a delivery 8 of 52 microseconds (measured). */
export function answerDirectly(ctx: Context, now: number, said: Answer): void {
  const body = bodyOf(said, now);
  ctx.respond = false;
  ctx.res.writeHead(said.status, {
    ...said.headers,
    'Content-Type': JSON_TYPE,
    ...AS_DECLARED,
    'Content-Length': Buffer.byteLength(body),
  });
  ctx.res.end(body);
}

/** On every answer: no browser may take it for something else than its type says. */
export const AS_DECLARED = { 'X-Content-Type-Options': 'nosniff' };

const JSON_TYPE = 'application/json; charset=utf-8';

function bodyOf({ message, errorCode }: Answer, now: number): string {
  return JSON.stringify({
    success: errorCode === undefined,
    message,
    timestamp: Math.floor(now / 1000),
    ...(errorCode === undefined ? {} : { error_code: errorCode }),
  });
}
