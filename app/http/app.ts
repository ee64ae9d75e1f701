import Router from '@koa/router';
import Koa from 'koa';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock } from '../ports/clock.ts';
import { accessLog } from './access-log.ts';
import { type AdminOptions, type BusinessCache, clearCache, removeFromCache, warmCache } from './admin.ts';
import { AS_DECLARED } from './answer.ts';
import { onlyBearer } from './bearer.ts';
import { verifyAddress } from './challenge.ts';
import { crossOrigin } from './cross-origin.ts';
import { health, home, readiness } from './health.ts';
import { metricsPage } from './metrics-page.ts';
import { onError } from './on-error.ts';
import { receiveDeliveries, type WebhookDoor } from './webhook.ts';

/** What stands behind the routes. */
export interface Doors {
  readonly webhook: WebhookDoor;
  readonly verifyToken: string;
  readonly alwaysReturnOk: boolean;
  /** Throws with a reason when the store, the queue or the businesses do not answer. */
  readonly ready: () => Promise<void>;
  /** Aborted when the program is about to end: then it is not ready, and every answer is its connection's last. */
  readonly leaving: AbortSignal;
  readonly origins: readonly string[];
  /** Undefined: nothing under `/admin` exists. */
  readonly adminToken: string | undefined;
  /** Undefined: everybody may read the metrics. */
  readonly metricsToken: string | undefined;
  readonly cache: BusinessCache;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}

const WEBHOOK = ['/whatsapp/v2', '/whatsapp_response'];

export function createHttpApp(doors: Doors): Koa {
  const { log, clock, origins, adminToken, metricsToken } = doors;
  const now = () => clock.now();
  const given = { ...doors, door: doors.webhook, now };

  const receive = receiveDeliveries(given);
  const router = new Router();
  router.get('/', home(given));
  router.get('/health', health(given));
  router.get('/ready', readiness(given));
  const scrapers =
    metricsToken === undefined ? [] : [onlyBearer({ token: metricsToken, purpose: 'metrics', ...given })];
  router.get('/metrics', ...scrapers, metricsPage(given));
  router.get(WEBHOOK, verifyAddress(given));
  router.post(WEBHOOK, receive); // with a query, a slash at the end, other capitals; and named in Allow
  if (adminToken !== undefined) addAdminRoutes(router, adminToken, given);

  const app = new Koa();
  app.use(straightTo(receive));
  app.use((ctx, next) => {
    ctx.set(AS_DECLARED);
    return next();
  });
  app.use(accessLog(given));
  app.use(onError(given));
  app.use(crossOrigin(origins, router));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.on('error', (error) => log.debug('a connection failed', { error }));
  return app;
}

function addAdminRoutes(router: Router, token: string, given: AdminOptions): void {
  const remove = removeFromCache(given);
  router.use('/admin', onlyBearer({ token, purpose: 'admin', ...given }));
  router.post('/admin/cache/clear', clearCache(given));
  router.post('/admin/cache/warmup', warmCache(given));
  router.delete('/admin/cache/:phoneNumberId', (ctx) => remove(ctx, ctx.params.phoneNumberId ?? ''));
}

/**
 * Deliveries are most of the traffic and need nothing of what follows: logging, CORS and the router would cost each one
 * 14 of 66 microseconds (measured).
 */
function straightTo(receive: (ctx: Koa.Context) => Promise<void>) {
  return function straight(ctx: Koa.Context, next: Koa.Next): Promise<unknown> {
    const { method, url } = ctx.req;
    return method === 'POST' && url !== undefined && WEBHOOK.includes(url) ? receive(ctx) : next();
  };
}
