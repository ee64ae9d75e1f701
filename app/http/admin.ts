import type { Context, Next } from 'koa';
import type { Log } from '../log.ts';
import { answer } from './answer.ts';
import { sameSecret } from './same-secret.ts';

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
  readonly adminToken: string;
  readonly cache: BusinessCache;
  readonly log: Log;
  readonly now: () => number;
}

/** Lets `Authorization: Bearer` with the right token pass. */
export function onlyAdmin({ adminToken, log, now }: AdminOptions) {
  return function onlyAdmin(ctx: Context, next: Next): Promise<unknown> | undefined {
    const token = /^Bearer +(.+)$/i.exec(ctx.get('Authorization'))?.[1];
    if (token !== undefined && sameSecret(token, adminToken)) return next();
    log.warn('an admin route was called without the right token', { method: ctx.method, path: ctx.path });
    const headers = { 'WWW-Authenticate': 'Bearer' };
    answer(ctx, now(), {
      status: 401,
      message: 'the admin token is missing or wrong',
      errorCode: 'UNAUTHORIZED',
      headers,
    });
    return undefined;
  };
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
