import type { Context, Next } from 'koa';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import { RateLimit } from '../resilience/rate.ts';
import { respond } from './respond.ts';

interface RateLimitOptions {
  readonly perMinute: number;
  readonly log: Log;
  readonly now: () => number;
}

const KEY = '';

/** Lets so many requests of all clients together pass in a minute, at once or spread; responds 429 to the others. */
export function rateLimited({ perMinute, log, now }: RateLimitOptions) {
  const limit = new RateLimit({ burst: perMinute, intervalMs: 60_000 / perMinute });
  const countToLog = oncePerMinute(now);
  return function rateLimited(ctx: Context, next: Next): Promise<unknown> | undefined {
    const waitMs = limit.waitMs(KEY, now());
    if (waitMs <= 0) {
      limit.take(KEY, now());
      return next();
    }
    const { method, path } = ctx;
    const count = countToLog('limited');
    if (count !== undefined)
      log.warn('requests were refused, since there are too many', { method, path, count });
    respond(ctx, now(), {
      status: 429,
      message: `at most ${perMinute} in a minute`,
      errorCode: 'TOO_MANY_REQUESTS',
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
    });
    return undefined;
  };
}
