import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createHttpApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { BusinessCache } from '../ports/business-cache.ts';
import { VERSION } from '../version.ts';

/** Requests are short. The rest of the shutdown's time is for turns. */
const DEADLINE_MS = 2_000;

export interface PageOptions {
  readonly metrics: Metrics;
  readonly cache: BusinessCache;
  readonly ready: () => Promise<void>;
  readonly hash: (number: string) => string;
  readonly log: Log;
}

/**
 * Serves `/metrics`, `/health` and `/ready` of a polling worker, and no deliveries. A worker goes on without its page where the
 * port is taken, as by another worker on one machine: messages matter more.
 */
export function serveWorkerPage(
  { workerPort: port, host, metricsToken }: Pick<Config, 'workerPort' | 'host' | 'metricsToken'>,
  { log, ...options }: PageOptions,
): { close(): Promise<void> } {
  const leaving = new AbortController();
  const app = createHttpApp({
    ...options,
    ...{ metricsToken, log, clock, leaving: leaving.signal, version: VERSION },
    channels: [],
    accept: () => Promise.reject(new Error('a worker receives no deliveries')),
    origins: [],
    adminToken: undefined,
  });
  const socket = { port, host, portSetting: 'WORKER_PORT' };
  const listening = listen(app, { ...socket, leaving, deadlineMs: DEADLINE_MS, log }).then(
    (opened) => {
      log.info('the metrics of the worker are served', { url: opened.url, address: opened.address });
      return opened;
    },
    (error: unknown) => {
      log.warn('the metrics of the worker are not served; it works without', { error });
      return undefined;
    },
  );
  return {
    async close() {
      await (await listening)?.close();
    },
  };
}
