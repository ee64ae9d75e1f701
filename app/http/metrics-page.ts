import type { Context } from 'koa';
import type { Metrics } from '../metrics.ts';
import type { BusinessCache, RegistryFigures } from '../ports/business-cache.ts';

/** `GET /metrics`: the Prometheus text format, or with `Accept: application/json` the state of the business cache. */
export function metricsPage({ metrics, cache, now }: MetricsPageOptions) {
  return async function metricsPage(ctx: Context): Promise<void> {
    ctx.vary('Accept');
    if (ctx.accepts('text/plain', 'application/json') === 'application/json') {
      ctx.body = { ...pageOf(cache.figures()), timestamp: Math.floor(now() / 1000) };
      return;
    }
    const { contentType, body } = await metrics.page();
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  };
}

function pageOf({ cache, pool }: RegistryFigures) {
  const { size, maxSize, ttlSeconds, hits, misses, negative, stale, evictions, failures } = cache;
  const all = hits + negative + stale + misses;
  return {
    cache: {
      ...{ size, max_size: maxSize, ttl_seconds: ttlSeconds },
      ...{ hits, misses, hit_rate: all === 0 ? 0 : Number(((hits + negative) / all).toFixed(4)) },
      ...{ negative, stale, evictions, failures },
    },
    connection_pool: {
      ...{ max_pool_size: pool.maxPoolSize, min_pool_size: pool.minPoolSize },
      ...{ in_use: pool.inUse, available: pool.available },
    },
  };
}

export interface MetricsPageOptions {
  readonly metrics: Metrics;
  readonly cache: BusinessCache;
  readonly now: () => number;
}
