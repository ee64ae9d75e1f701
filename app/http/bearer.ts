import type { Context, Next } from 'koa';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import { sameSecret } from '../same-secret.ts';
import { rateLimited } from './rate-limited.ts';
import { respond } from './respond.ts';

interface BearerOptions {
  readonly token: string;
  /** The token's purpose, for the log: `admin`, `metrics`. */
  readonly purpose: string;
  readonly log: Log;
  readonly now: () => number;
}

const WRONG_PER_MINUTE = 10;

/**
 * Requires `Authorization: Bearer` with the token (RFC 6750); responds 401 to other requests, and 429 when there are many.
 * Those of all clients count together, since a load balancer hides their addresses; the right token is always let through,
 * so that nobody can lock operators out. Guessing is prevented by the token's length.
 */
export function onlyBearer({ token: expected, purpose, log, now }: BearerOptions) {
  const countToLog = oncePerMinute(now);
  const limit = rateLimited({ perMinute: WRONG_PER_MINUTE, log, now });
  return function onlyBearer(ctx: Context, next: Next): Promise<unknown> | undefined {
    const token = /^Bearer +(.+)$/i.exec(ctx.get('Authorization'))?.[1];
    if (token !== undefined && sameSecret(token, expected)) return next();
    const count = countToLog(purpose);
    const { method, path } = ctx;
    if (count !== undefined)
      log.warn('a request came without the right token', { what: purpose, method, path, count });
    return limit(ctx, async () =>
      respond(ctx, now(), {
        status: 401,
        message: `the ${purpose} token is missing or wrong`,
        errorCode: 'UNAUTHORIZED',
        headers: { 'WWW-Authenticate': 'Bearer' },
      }),
    );
  };
}
