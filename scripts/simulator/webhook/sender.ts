import { Agent } from 'node:http';
import got from 'got';
import type { Counters } from '../counters.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import type { DeliveryAttempt } from './record-delivery.ts';
import { withWrongSignature } from './signature.ts';

/** The last response status of the app: `down` when there was none, `unasked` before the first delivery. */
export type AppState = 'unasked' | 'down' | number;

/** Shorter than the second after which an app that shuts down closes idle connections: none is closed while in use. */
const IDLE_TIMEOUT_MS = 500;

export interface Sender {
  /**
   * Posts a request, and repeats it until the app accepts it. Resolves after the first attempt, whatever its outcome. Calls
   * `acknowledged` when the app accepts it. Without a URL the request is dropped.
   */
  post(request: WebhookRequest, acknowledged?: () => void): Promise<void>;
  /** Posts a request once, whatever its outcome. Resolves to what happened. */
  postOnce(request: WebhookRequest): Promise<DeliveryAttempt>;
  /** Begins no further attempt of a delivery until `release`. Idempotent. */
  hold(): void;
  release(): void;
  /** Resolves when no delivery is outstanding. */
  idle(): Promise<void>;
  app(): AppState;
  close(): void;
}

/** One POST of the platform, with the same bytes at each attempt. */
export interface WebhookRequest {
  /** Asked before each attempt. Undefined: nowhere. */
  readonly url: () => string | undefined;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** `Person.id` of the people that it is about, as far as that is known. */
  readonly people?: readonly string[];
}

interface Delivery {
  readonly request: WebhookRequest;
  readonly acknowledged: () => void;
  attempts: number;
}

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly counters: Counters;
  readonly timers: Timers;
  readonly faults: Faults;
  readonly onApp: (state: AppState) => void;
  /** Gets each attempt, also one without a response. */
  readonly onAttempt?: ((attempt: DeliveryAttempt) => void) | undefined;
  /** Returns whether the platform takes this status as accepted. */
  readonly isAccepted: (status: number) => boolean;
}

/** Posts deliveries: one is repeated until the app accepts it, as long as the simulator runs. */
export function createSender(dependencies: Dependencies): Sender {
  const { options, counters, timers, faults, onApp, onAttempt, isAccepted } = dependencies;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxSockets: 64 });
  const stopping = new AbortController();
  const waitingForIdle: (() => void)[] = [];
  let app: AppState = 'unasked';
  let held: PromiseWithResolvers<void> | undefined;

  async function attempt(delivery: Delivery): Promise<void> {
    await held?.promise;
    if (stopping.signal.aborted) return;
    delivery.attempts += 1;
    counters.posts += 1;
    if (delivery.attempts > 1) counters.redeliveries += 1;
    const posted = await post(delivery.request, delivery.attempts);
    if (stopping.signal.aborted) return;
    onAttempt?.(posted);
    const state = posted.response?.statusCode ?? 'down';
    if (state !== app) onApp(state);
    app = state;
    if (typeof state === 'number' && isAccepted(state)) acknowledge(delivery);
    else timers.after(delayBefore(delivery.attempts + 1), () => void attempt(delivery));
  }

  async function post(
    { people = [], ...request }: WebhookRequest,
    attempt: number,
  ): Promise<DeliveryAttempt> {
    const fault = faults.draw(['wrong_signature'], { people });
    const headers = fault === undefined ? request.headers : withWrongSignature(request.headers);
    const url = request.url() ?? options.webhookUrl;
    const common = { url, headers, body: request.body, at: options.now(), attempt, fault: fault?.kind };
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    try {
      const response = await got.post(url, {
        body: request.body,
        headers,
        agent: { http: agent },
        followRedirect: false,
        retry: { limit: 0 },
        signal: stopping.signal,
        throwHttpErrors: false,
        timeout: { request: options.responseTimeoutMs },
      });
      return { ...common, ms: ms(), response };
    } catch (error) {
      return { ...common, ms: ms(), failure: failureOf(error) };
    }
  }

  function acknowledge(delivery: Delivery): void {
    counters.acknowledged += 1;
    counters.outstanding -= 1;
    delivery.acknowledged();
    if (counters.outstanding === 0) for (const resolve of waitingForIdle.splice(0)) resolve();
  }

  function delayBefore(attempt: number): number {
    const { firstMs, factor, maxMs } = options.redelivery;
    return Math.min(maxMs, firstMs * factor ** (attempt - 2));
  }

  return {
    post(request, acknowledged = () => {}) {
      if (request.url() === undefined) return Promise.resolve();
      counters.outstanding += 1;
      return attempt({ request, acknowledged, attempts: 0 });
    },
    postOnce: (request) => post(request, 1),
    async idle() {
      if (counters.outstanding > 0) await new Promise<void>((resolve) => waitingForIdle.push(resolve));
    },
    hold() {
      held ??= Promise.withResolvers();
    },
    release() {
      held?.resolve();
      held = undefined;
    },
    app: () => app,
    close() {
      stopping.abort();
      held?.resolve();
      agent.destroy();
    },
  };
}

/** Node's and got's codes, in words where there are some. */
function failureOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  return { ETIMEDOUT: 'timed out', ECONNREFUSED: 'refused', ECONNRESET: 'cut' }[code] ?? code;
}
