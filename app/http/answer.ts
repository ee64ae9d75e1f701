import type { Context } from 'koa';

/** Words for programs; part of the interface, so they never change. */
export type ErrorCode =
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
export function answer(ctx: Context, now: number, { status, message, errorCode, headers }: Answer): void {
  ctx.status = status;
  if (headers !== undefined) ctx.set(headers);
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = JSON.stringify({
    success: errorCode === undefined,
    message,
    timestamp: Math.floor(now / 1000),
    ...(errorCode === undefined ? {} : { error_code: errorCode }),
  });
}
