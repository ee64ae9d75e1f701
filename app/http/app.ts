import Router from '@koa/router';
import Koa from 'koa';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { BusinessCache } from '../ports/business-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { WebhookChannel } from '../ports/webhook-channel.ts';
import { accessLog } from './access-log.ts';
import { type AdminOptions, clearCache, removeFromCache, warmCache } from './admin.ts';
import { onlyBearer } from './bearer.ts';
import { answerChallenge } from './challenge.ts';
import { crossOrigin } from './cross-origin.ts';
import { health, home, readiness } from './health.ts';
import { metricsPage } from './metrics-page.ts';
import { onError } from './on-error.ts';
import { rateLimited } from './rate-limited.ts';
import { NO_SNIFFING } from './respond.ts';
import { type Accept, receiveDeliveries } from './webhook.ts';

export interface HttpAppOptions {
  readonly channels: readonly WebhookChannel[];
  readonly accept: Accept;
  /** Rejects with a reason when the store, the queue or the businesses are unavailable. */
  readonly ready: () => Promise<void>;
  /** Aborted when the process shuts down: it is no longer ready, and every response closes its connection. */
  readonly leaving: AbortSignal;
  readonly origins: readonly string[];
  /** Undefined: the routes under `/admin` do not exist. */
  readonly adminToken: string | undefined;
  /** Undefined: the metrics are public. */
  readonly metricsToken: string | undefined;
  readonly cache: BusinessCache;
  /** Hashes a number for the log. */
  readonly hash: (number: string) => string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}

/** After each of them the database is read for every business. */
const ALL_PER_MINUTE = 5;
/** A script may go through a list of businesses; each number costs one look-up. */
const ONE_PER_MINUTE = 60;

type Receive = (ctx: Koa.Context) => Promise<void>;

export function createHttpApp(httpOptions: HttpAppOptions): Koa {
  const { channels, log, clock, origins, adminToken, metricsToken } = httpOptions;
  const now = () => clock.now();
  const options = { ...httpOptions, now };

  const router = new Router();
  router.get('/', home(options));
  router.get('/health', health(options));
  router.get('/ready', readiness(options));
  const scrapers =
    metricsToken === undefined ? [] : [onlyBearer({ token: metricsToken, purpose: 'metrics', ...options })];
  router.get('/metrics', ...scrapers, metricsPage(options));
  const receivers = new Map<string, Receive>();
  for (const channel of channels) {
    const { challenge } = channel;
    const paths = [...channel.paths];
    const receive = receiveDeliveries({ ...options, channel });
    for (const path of paths) receivers.set(path, receive);
    if (challenge !== undefined) router.get(paths, answerChallenge({ ...options, challenge }));
    // For paths with a query, a trailing slash or other case, and for the Allow header.
    router.post(paths, receive);
  }
  if (adminToken !== undefined) addAdminRoutes(router, adminToken, options);

  const app = new Koa();
  app.use(bypassFor(receivers));
  app.use((ctx, next) => {
    ctx.set(NO_SNIFFING);
    return next();
  });
  app.use(accessLog(options));
  app.use(onError(options));
  app.use(crossOrigin(origins, router));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.on('error', (error) => log.debug('a connection failed', { error }));
  return app;
}

function addAdminRoutes(router: Router, token: string, options: AdminOptions): void {
  const remove = removeFromCache(options);
  router.use('/admin', onlyBearer({ token, purpose: 'admin', ...options }));
  const limited = (perMinute: number) => rateLimited({ perMinute, ...options });
  router.post('/admin/cache/clear', limited(ALL_PER_MINUTE), clearCache(options));
  router.post('/admin/cache/warmup', limited(ALL_PER_MINUTE), warmCache(options));
  router.delete('/admin/cache/:phoneNumberId', limited(ONE_PER_MINUTE), (ctx) =>
    remove(ctx, ctx.params.phoneNumberId ?? ''),
  );
}

/**
 * Deliveries are most of the traffic and need none of the middleware below: logging, CORS and the router would cost each
 * one 14 of 66 microseconds (measured).
 */
function bypassFor(receivers: ReadonlyMap<string, Receive>) {
  return function bypass(ctx: Koa.Context, next: Koa.Next): Promise<unknown> {
    const { method, url } = ctx.req;
    const receive = method === 'POST' && url !== undefined ? receivers.get(url) : undefined;
    return receive === undefined ? next() : receive(ctx);
  };
}
