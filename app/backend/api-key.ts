import type { Middleware } from 'koa';
import { sameSecret } from '../same-secret.ts';
import { KEY_MISSING } from './python.ts';

/**
 * Lets a request pass when its `X-Whatsapp-Api-Key` is one of the keys; 400 without the header, 401 for another key. Compares
 * all keys, so that the time does not depend on which one matches.
 */
export function requireApiKey(keys: readonly string[]): Middleware {
  return async function requireApiKey(ctx, next) {
    if (ctx.headers['x-whatsapp-api-key'] === undefined) ctx.throw(400, KEY_MISSING);
    const actual = ctx.get('X-Whatsapp-Api-Key');
    const matches = keys.filter((key) => sameSecret(actual, key));
    if (matches.length === 0) {
      ctx.set('WWW-Authenticate', 'ApiKey');
      ctx.throw(401, 'Unauthorized: Invalid or missing API key');
    }
    await next();
  };
}
