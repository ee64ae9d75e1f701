import type { Context, Next } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import { type Answer, answer } from './answer.ts';

/**
 * The one place where an error becomes an answer, and where an answer without a body gets one. Nobody outside learns
 * the words of an error that was not meant for them.
 */
export function onError({ log, now }: { log: Log; now: () => number }) {
  return async function onError(ctx: Context, next: Next): Promise<void> {
    try {
      await next();
    } catch (error) {
      log.error('a request failed', { method: ctx.method, path: ctx.path, error });
      answer(ctx, now(), error instanceof Unavailable ? UNAVAILABLE : INTERNAL);
      return;
    }
    if (ctx.body === undefined && ctx.status >= 400) answer(ctx, now(), bodyless(ctx.status));
  };
}

const UNAVAILABLE: Answer = {
  status: 503,
  message: 'cannot be done now; try again later',
  errorCode: 'UNAVAILABLE',
  headers: { 'Retry-After': '5' },
};
const INTERNAL: Answer = { status: 500, message: 'an unexpected error', errorCode: 'INTERNAL_ERROR' };

/** What the router leaves: an unknown path, or a known one with another method (`Allow` names those it has). */
function bodyless(status: number): Answer {
  if (status === 404) return { status, message: 'there is nothing here', errorCode: 'NOT_FOUND' };
  return { status, message: 'this path has other methods', errorCode: 'METHOD_NOT_ALLOWED' };
}
