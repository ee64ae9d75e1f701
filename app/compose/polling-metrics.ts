import { systemClock as clock } from '../clock.ts';
import { inBoth } from '../metrics/both.ts';
import { createMetrics } from '../metrics.ts';
import { lambdaMetrics, type MetricsFor } from './lambda-metrics.ts';
import { type PageOptions, serveWorkerPage } from './worker-page.ts';

/**
 * A polling worker has a page, and writes the lines for CloudWatch too, except in `local`: on Fargate its log goes there, and
 * elsewhere a line a minute does no harm. So no variable has to say where it runs.
 */
export const pollingMetrics: MetricsFor = (config, options) => {
  const metrics = createMetrics({ ...options, now: clock.now });
  const serve = (page: Omit<PageOptions, 'metrics'>) => serveWorkerPage(config, { ...page, metrics });
  if (config.deployment === 'local') return { counters: metrics, flush() {}, serve };
  const { counters, flush } = lambdaMetrics(config, options);
  return { counters: inBoth(metrics, counters), flush, serve };
};
