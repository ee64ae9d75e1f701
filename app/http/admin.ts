import type { Context } from 'koa';
import type { Log } from '../log.ts';
import { respond } from './respond.ts';

/** The cache of businesses. */
export interface BusinessCache {
  /** Removes all. Resolves to their number. */
  clear(): Promise<number>;
  /** Loads businesses before their first message. Resolves to the number of cached ones. */
  warm(): Promise<number>;
  /** Removes one. Resolves to whether it was cached. */
  remove(numberId: string): Promise<boolean>;
  figures(): CacheFigures;
}

/** All 0 where there is no cache and no connection pool. */
interface CacheFigures {
  readonly size: number;
  readonly maxSize: number;
  readonly ttlSeconds: number;
  readonly maxPoolSize: number;
  readonly minPoolSize: number;
}

export interface AdminOptions {
  readonly cache: BusinessCache;
  readonly log: Log;
  readonly now: () => number;
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
export function removeFromCache({ cache, log, now }: AdminOptions) {
  return async function removeFromCache(ctx: Context, numberId: string): Promise<void> {
    const wasCached = await cache.remove(numberId);
    log.info('business removed from the cache', { count: wasCached ? 1 : 0 });
    respond(ctx, now(), { status: 200, message: wasCached ? 'forgotten' : 'was not remembered' });
  };
}
