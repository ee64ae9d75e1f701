import type { Context } from 'koa';
import type { Metrics } from '../metrics.ts';
import type { BusinessCache } from './admin.ts';

/** `GET /metrics`: the Prometheus text format, or with `Accept: application/json` the state of the business cache. */
export function metricsPage({ metrics, cache, now }: MetricsPageOptions) {
  return async function metricsPage(ctx: Context): Promise<void> {
    ctx.vary('Accept');
    if (ctx.accepts('text/plain', 'application/json') === 'application/json') {
      const { size, maxSize, ttlSeconds, maxPoolSize, minPoolSize } = cache.figures();
      ctx.body = {
        cache: { size, max_size: maxSize, ttl_seconds: ttlSeconds },
        connection_pool: { max_pool_size: maxPoolSize, min_pool_size: minPoolSize },
        timestamp: Math.floor(now() / 1000),
      };
      return;
    }
    const { contentType, body } = await metrics.page();
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  };
}

export interface MetricsPageOptions {
  readonly metrics: Metrics;
  readonly cache: BusinessCache;
  readonly now: () => number;
}
