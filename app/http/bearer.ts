import type { Context, Next } from 'koa';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import { sameSecret } from '../same-secret.ts';
import { respond } from './respond.ts';

interface BearerOptions {
  readonly token: string;
  /** The token's purpose, for the log: `admin`, `metrics`. */
  readonly purpose: string;
  readonly log: Log;
  readonly now: () => number;
}

/** Requires `Authorization: Bearer` with the token (RFC 6750); responds 401 to other requests. */
export function onlyBearer({ token: expected, purpose, log, now }: BearerOptions) {
  const countToLog = oncePerMinute(now);
  return function onlyBearer(ctx: Context, next: Next): Promise<unknown> | undefined {
    const token = /^Bearer +(.+)$/i.exec(ctx.get('Authorization'))?.[1];
    if (token !== undefined && sameSecret(token, expected)) return next();
    const count = countToLog(purpose);
    const { method, path } = ctx;
    if (count !== undefined)
      log.warn('a request came without the right token', { what: purpose, method, path, count });
    respond(ctx, now(), {
      status: 401,
      message: `the ${purpose} token is missing or wrong`,
      errorCode: 'UNAUTHORIZED',
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
    return undefined;
  };
}
