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

/** The real one has no limit; what is larger than all of anybody's messages is a mistake. */
const MAX_BODY_BYTES = '32mb';

/**
 * ansari-backend's WhatsApp API, as it behaves. Errors are JSON, `{"detail": string}`: 400 no key, or a wrong shape; 401
 * wrong key; 404 person, thread or route.
 */
export function createApi({ apiKeys, clock, faults, ...options }: ApiOptions): Koa {
  const app = new Koa();
  // A stream that breaks is reported where it is written; without a listener Koa prints it a second time.
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

/** For health checks: without a key. */
const openRoot: Middleware = async function openRoot(ctx, next) {
  if (ctx.path === '/' && ctx.method === 'GET') ctx.body = { status: 'ok' };
  else await next();
};

/** What `ctx.throw` and the body parser throw. */
const deliberate = z.object({ status: z.number().int().min(400).max(599), message: z.string() });

function errorsAsJson(report: ApiOptions['report']): Middleware {
  return async function errorsAsJson(ctx, next) {
    try {
      await next();
      if (ctx.status >= 400 && ctx.body === undefined) ctx.throw(ctx.status, ctx.message);
    } catch (error) {
      const known = deliberate.safeParse(error).data;
      if (known === undefined && ctx.writable) report('a request failed', error);
      ctx.status = known?.status ?? 500;
      const detail = error instanceof SyntaxError ? NOT_JSON : known?.message;
      ctx.body = { detail: detail ?? 'something failed inside the backend' };
    }
    // As FastAPI writes it, without a charset.
    if (ctx.response.is('json')) ctx.set('Content-Type', 'application/json');
  };
}
