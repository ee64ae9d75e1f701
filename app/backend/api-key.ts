import { createHash, timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import { KEY_MISSING } from './python.ts';

/**
 * Lets a request pass when its `X-Whatsapp-Api-Key` is one of the keys; 400 without the header and 401 otherwise. Hashes
 * have one length, and all keys are compared, so the time tells nothing about any of them.
 */
export function requireApiKey(keys: readonly string[]): Middleware {
  const known = keys.map(digest);
  return async function requireApiKey(ctx, next) {
    if (ctx.headers['x-whatsapp-api-key'] === undefined) ctx.throw(400, KEY_MISSING);
    const given = digest(ctx.get('X-Whatsapp-Api-Key'));
    const matches = known.filter((key) => timingSafeEqual(key, given));
    if (matches.length === 0) {
      ctx.set('WWW-Authenticate', 'ApiKey');
      ctx.throw(401, 'Unauthorized: Invalid or missing API key');
    }
    await next();
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
