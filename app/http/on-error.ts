import type { Context, Next } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import { type HttpResponse, respond } from './respond.ts';

/**
 * The one place where an error becomes a response, and where a response without a body gets one. Callers never see the
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
    if (ctx.body === undefined && ctx.status >= 400) respond(ctx, now(), bodyless(ctx.status));
  };
}

const UNAVAILABLE: HttpResponse = {
  status: 503,
  message: 'cannot be done now; try again later',
  errorCode: 'UNAVAILABLE',
  headers: { 'Retry-After': '5' },
};
const INTERNAL: HttpResponse = { status: 500, message: 'an unexpected error', errorCode: 'INTERNAL_ERROR' };

/** For an unknown path, or a known one with another method (`Allow` names those it has). */
function bodyless(status: number): HttpResponse {
  if (status === 404) return { status, message: 'there is nothing here', errorCode: 'NOT_FOUND' };
  return { status, message: 'this path has other methods', errorCode: 'METHOD_NOT_ALLOWED' };
}
