import type { Context } from 'koa';
import type { Log } from '../log.ts';
import { answer } from './answer.ts';

/** The businesses that are remembered between look-ups. Where nothing is remembered, there is nothing to do. */
export interface BusinessCache {
  /** Forgets all; answers how many there were. */
  clear(): Promise<number>;
  /** Looks businesses up ahead of their messages; answers how many are remembered now. */
  warm(): Promise<number>;
  /** Forgets one; answers whether it was remembered. */
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
    answer(ctx, now(), { status: 200, message: `${count} businesses forgotten` });
  };
}

export function warmCache({ cache, log, now }: AdminOptions) {
  return async function warmCache(ctx: Context): Promise<void> {
    const count = await cache.warm();
    log.info('business cache warmed', { count });
    answer(ctx, now(), { status: 200, message: `${count} businesses remembered` });
  };
}

/** The second time answers the same status: what was asked for holds. */
export function removeFromCache({ cache, log, now }: AdminOptions) {
  return async function removeFromCache(ctx: Context, number: string): Promise<void> {
    const remembered = await cache.remove(number);
    log.info('business removed from the cache', { count: remembered ? 1 : 0 });
    answer(ctx, now(), { status: 200, message: remembered ? 'forgotten' : 'was not remembered' });
  };
}
