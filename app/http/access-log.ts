import type { Context, Next } from 'koa';
import type { Log } from '../log.ts';

/** One line for each request, without its query: that may hold a token. */
export function accessLog({ log, now }: { log: Log; now: () => number }) {
  return async function accessLog(ctx: Context, next: Next): Promise<void> {
    const begun = now();
    await next();
    log.debug('request', { method: ctx.method, path: ctx.path, status: ctx.status, ms: now() - begun });
  };
}
