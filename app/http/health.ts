import type { Context } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../ports/clock.ts';

/** Longer than a healthy store ever takes, shorter than a load balancer waits. */
const READY_WITHIN_MS = 2000;

/** `GET /`: this program answers. Touches nothing else. */
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

/** `GET /health`: the process lives; says nothing about what it depends on. */
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
  /** Throws with a reason when messages could not be stored or worked on. */
  readonly ready: () => Promise<void>;
  /** Aborted when the program is about to end. */
  readonly leaving: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** `GET /ready`: 200 when deliveries would be stored now, else 503 with the reason; answers within two seconds. */
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
    const answered = new AbortController();
    try {
      return await Promise.race([
        ready().then(() => undefined),
        clock
          .sleep(READY_WITHIN_MS, answered.signal)
          .then(() => `the store, the queue or the businesses did not answer within ${READY_WITHIN_MS} ms`),
      ]);
    } catch (error) {
      log.warn('not ready', { error });
      return error instanceof Unavailable ? error.message : 'an unexpected error; see the log';
    } finally {
      answered.abort();
    }
  }
}
