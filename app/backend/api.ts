import Koa, { type Middleware } from 'koa';
import bodyParser from 'koa-bodyparser';
import { z } from 'zod';
import type { Clock } from '../ports.ts';
import { requireApiKey } from './api-key.ts';
import { type Faults, failSometimes } from './faults.ts';
import { type RouteOptions, routes } from './routes.ts';

export interface ApiOptions extends RouteOptions {
  readonly apiKeys: readonly string[];
  readonly clock: Pick<Clock, 'sleep'>;
  readonly faults?: Faults;
}

/**
 * ansari-backend's WhatsApp API. Errors are JSON, `{"detail": string}`: 400 not JSON, 401 key, 404 person, thread or
 * route, 413 too large, 422 wrong shape, 502 the model fails.
 */
export function createApi({ apiKeys, clock, faults, ...options }: ApiOptions): Koa {
  const app = new Koa();
  // A stream that breaks is reported where it is written; without a listener Koa prints it a second time.
  app.on('error', () => {});
  app.use(errorsAsJson(options.report));
  app.use(requireApiKey(apiKeys));
  if (faults !== undefined) app.use(failSometimes(faults, clock));
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: '1mb' }));
  const router = routes(options);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

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
      // The parser of JSON quotes what it could not read.
      const detail = error instanceof SyntaxError ? 'the body is not JSON' : known?.message;
      ctx.body = { detail: detail ?? 'something failed inside the backend' };
    }
  };
}
