import type { Context } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../ports/clock.ts';

/** Longer than a healthy store needs, shorter than the health check of a load balancer waits. */
const READY_TIMEOUT_MS = 2000;

/** `GET /`: the program responds. Checks no dependency. */
export function home({ version, now }: { version: string; now: () => number }) {
  return function home(ctx: Context): void {
    ctx.body = {
      status: 'ok',
      message: 'ansari-whatsapp is running',
      version,
      timestamp: Math.floor(now() / 1000),
    };
  };
}

/** `GET /health`: the process is alive. Checks no dependency. */
export function health({ version, now }: { version: string; now: () => number }) {
  return function health(ctx: Context): void {
    ctx.body = {
      status: 'healthy',
      service: 'ansari-whatsapp',
      version,
      uptime_seconds: Math.floor(process.uptime()),
      timestamp: Math.floor(now() / 1000),
    };
  };
}

export interface ReadyOptions {
  /** Rejects with a reason when messages could not be stored or processed. */
  readonly ready: () => Promise<void>;
  /** Aborted when the process shuts down. */
  readonly leaving: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** `GET /ready`: 200 when deliveries can be stored, else 503 with the reason. Responds within two seconds. */
export function readiness({ ready, leaving, clock, log }: ReadyOptions) {
  return async function readiness(ctx: Context): Promise<void> {
    const reason = await reasonNotReady();
    ctx.status = reason === undefined ? 200 : 503;
    ctx.body = {
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      timestamp: Math.floor(clock.now() / 1000),
    };
  };

  async function reasonNotReady(): Promise<string | undefined> {
    if (leaving.aborted) return 'this instance is leaving';
    const settled = new AbortController();
    try {
      return await Promise.race([
        ready().then(() => undefined),
        clock
          .sleep(READY_TIMEOUT_MS, settled.signal)
          .then(() => `the store, the queue or the businesses did not answer within ${READY_TIMEOUT_MS} ms`),
      ]);
    } catch (error) {
      log.warn('not ready', { error });
      return error instanceof Unavailable ? error.message : 'an unexpected error; see the log';
    } finally {
      settled.abort();
    }
  }
}
