import cors from '@koa/cors';
import type Router from '@koa/router';
import type { Context, Next } from 'koa';

/**
 * Lets pages of these origins call what exists. A preflight is answered for a path of ours and a method that it has, and
 * names no other.
 */
export function crossOrigin(origins: readonly string[], router: Router) {
  const origin = (ctx: Context) => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : '');
  const actual = cors({ origin });

  return function crossOrigin(ctx: Context, next: Next): Promise<unknown> {
    if (ctx.method !== 'OPTIONS') return actual(ctx, next);
    const methods = router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods);
    ctx.vary('Origin');
    if (!methods.includes(ctx.get('Access-Control-Request-Method'))) return next();
    return cors({ origin, allowMethods: [...new Set(methods)] })(ctx, next);
  };
}
