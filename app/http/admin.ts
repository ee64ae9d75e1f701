import type { Context } from 'koa';
import type { Log } from '../log.ts';
import type { BusinessCache } from '../ports/business-cache.ts';
import { respond } from './respond.ts';

/** Every call of an operator is logged at `info`: what was done, and to how many. */
export interface AdminOptions {
  readonly cache: BusinessCache;
  readonly log: Log;
  readonly now: () => number;
  /** Hashes a number for the log. */
  readonly hash: (number: string) => string;
}

export function clearCache({ cache, log, now }: AdminOptions) {
  return async function clearCache(ctx: Context): Promise<void> {
    const count = await cache.clear();
    log.info('business cache cleared', { count });
    respond(ctx, now(), { status: 200, message: `${count} businesses forgotten` });
  };
}

export function warmCache({ cache, log, now }: AdminOptions) {
  return async function warmCache(ctx: Context): Promise<void> {
    const count = await cache.warm();
    log.info('business cache warmed', { count });
    respond(ctx, now(), { status: 200, message: `${count} businesses remembered` });
  };
}

/** Idempotent: the status does not depend on whether it was cached. */
export function removeFromCache({ cache, log, now, hash }: AdminOptions) {
  return async function removeFromCache(ctx: Context, number: string): Promise<void> {
    const wasCached = await cache.remove(number);
    log.info('business removed from the cache', { who: hash(number), count: wasCached ? 1 : 0 });
    respond(ctx, now(), { status: 200, message: wasCached ? 'forgotten' : 'was not remembered' });
  };
}
