import type { Context } from 'koa';
import type { Log } from '../log.ts';
import { respond } from './respond.ts';

/** The businesses that are cached between look-ups. */
export interface BusinessCache {
  /** Removes all; returns how many there were. */
  clear(): Promise<number>;
  /** Looks businesses up ahead of their messages; returns how many are cached now. */
  warm(): Promise<number>;
  /** Removes one; returns whether it was cached. */
  remove(number: string): Promise<boolean>;
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

/** Idempotent: the status is the same whether it was cached or not. */
export function removeFromCache({ cache, log, now }: AdminOptions) {
  return async function removeFromCache(ctx: Context, number: string): Promise<void> {
    const remembered = await cache.remove(number);
    log.info('business removed from the cache', { count: remembered ? 1 : 0 });
    respond(ctx, now(), { status: 200, message: remembered ? 'forgotten' : 'was not remembered' });
  };
}
