import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { toStandardOutput } from '../log/standard-output.ts';
import { createEmbeddedCounters } from '../metrics/embedded.ts';
import type { Counters, MetricsOptions } from '../metrics.ts';
import type { PageOptions } from './worker-page.ts';

interface WorkerMetrics {
  readonly counters: Counters;
  /** Writes what was counted since the last call to the log, for CloudWatch. */
  flush(): void;
  /** Serves the metrics. Absent for a program that cannot be scraped. */
  serve?(options: Omit<PageOptions, 'metrics'>): { close(): Promise<void> };
}

/** Each kind of worker passes its own: the server and the registry of Prometheus have no place in a Lambda function. */
export type MetricsFor = (config: Config, options: Omit<MetricsOptions, 'now'>) => WorkerMetrics;

/** A Lambda function cannot be scraped: it counts for CloudWatch alone. */
export const lambdaMetrics: MetricsFor = ({ deployment }) => {
  const counters = createEmbeddedCounters({
    environment: deployment,
    now: clock.now,
    write: toStandardOutput,
  });
  return { counters, flush: counters.flush };
};
