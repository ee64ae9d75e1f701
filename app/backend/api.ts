import Koa, { type Middleware } from 'koa';
import bodyParser from 'koa-bodyparser';
import { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import { requireApiKey } from './api-key.ts';
import { type Faults, failSometimes } from './faults.ts';
import { NOT_JSON } from './python.ts';
import { type RouteOptions, routes } from './routes.ts';

export interface ApiOptions extends RouteOptions {
  readonly apiKeys: readonly string[];
  readonly clock: Pick<Clock, 'sleep'>;
  readonly faults?: Faults;
}

/** The real one has no limit; no valid request comes near this size. */
const MAX_BODY_BYTES = '32mb';

/**
 * Returns ansari-backend's WhatsApp API with its actual behaviour. Errors are JSON, `{"detail": string}`: 400 for a missing
 * key or an invalid request, 401 for a wrong key, 404 for an unknown person, thread or route.
 */
export function createApi({ apiKeys, clock, faults, ...options }: ApiOptions): Koa {
  const app = new Koa();
  // Stream errors are reported where the stream is created; without a listener Koa would print them too.
  app.on('error', () => {});
  app.use(errorsAsJson(options.report));
  app.use(openRoot);
  app.use(requireApiKey(apiKeys));
  if (faults !== undefined) app.use(failSometimes(faults, clock));
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: MAX_BODY_BYTES }));
  const router = routes(options);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

/** For health checks, without a key. */
const openRoot: Middleware = async function openRoot(ctx, next) {
  if (ctx.path === '/' && ctx.method === 'GET') ctx.body = { status: 'ok' };
  else await next();
};

/** The errors of `ctx.throw` and of the body parser. */
const httpError = z.object({ status: z.number().int().min(400).max(599), message: z.string() });

function errorsAsJson(report: ApiOptions['report']): Middleware {
  return async function errorsAsJson(ctx, next) {
    try {
      await next();
      if (ctx.status >= 400 && ctx.body === undefined) ctx.throw(ctx.status, ctx.message);
    } catch (error) {
      const known = httpError.safeParse(error).data;
      if (known === undefined && ctx.writable) report('a request failed', error);
      ctx.status = known?.status ?? 500;
      const detail = error instanceof SyntaxError ? NOT_JSON : known?.message;
      ctx.body = { detail: detail ?? 'something failed inside the backend' };
    }
    // Without a charset, as FastAPI writes it.
    if (ctx.response.is('json')) ctx.set('Content-Type', 'application/json');
  };
}
