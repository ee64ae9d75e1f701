import type { Context, Next } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import { type HttpResponse, respond } from './respond.ts';

/**
 * The only place where an error becomes a response and a response without a body gets one. A response never holds the
 * message of an internal error.
 */
export function onError({ log, now }: { log: Log; now: () => number }) {
  return async function onError(ctx: Context, next: Next): Promise<void> {
    try {
      await next();
    } catch (error) {
      log.error('a request failed', { method: ctx.method, path: ctx.path, error });
      respond(ctx, now(), error instanceof Unavailable ? UNAVAILABLE : INTERNAL);
      return;
    }
    if (ctx.body === undefined && ctx.status >= 400) respond(ctx, now(), withoutBody(ctx.status));
  };
}

const UNAVAILABLE: HttpResponse = {
  status: 503,
  message: 'cannot be done now; try again later',
  errorCode: 'UNAVAILABLE',
  headers: { 'Retry-After': '5' },
};
const INTERNAL: HttpResponse = { status: 500, message: 'an unexpected error', errorCode: 'INTERNAL_ERROR' };

/** For an unknown path, or a known one with another method (`Allow` lists its methods). */
function withoutBody(status: number): HttpResponse {
  if (status === 404) return { status, message: 'there is no such path', errorCode: 'NOT_FOUND' };
  return { status, message: 'this path does not allow the method', errorCode: 'METHOD_NOT_ALLOWED' };
}
