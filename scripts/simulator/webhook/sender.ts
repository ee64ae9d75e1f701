import { Agent } from 'node:http';
import got from 'got';
import type { Counters } from '../counters.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';

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
  readonly onApp: (state: AppState) => void;
  /** Returns whether the platform takes this status as accepted. */
  readonly isAccepted: (status: number) => boolean;
}

/** Posts deliveries: one is repeated until the app accepts it, as long as the simulator runs. */
export function createSender({ options, counters, timers, onApp, isAccepted }: Dependencies): Sender {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxSockets: 64 });
  const stopping = new AbortController();
  const waitingForIdle: (() => void)[] = [];
  let app: AppState = 'unasked';

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.attempts += 1;
    counters.posts += 1;
    if (delivery.attempts > 1) counters.redeliveries += 1;
    const state = await post(delivery.request);
    if (stopping.signal.aborted) return;
    if (state !== app) onApp(state);
    app = state;
    if (typeof state === 'number' && isAccepted(state)) acknowledge(delivery);
    else timers.after(delayBefore(delivery.attempts + 1), () => void attempt(delivery));
  }

  async function post({ url, body, headers }: WebhookRequest): Promise<AppState> {
    try {
      const response = await got.post(url() ?? options.webhookUrl, {
        body,
        headers,
        agent: { http: agent },
        followRedirect: false,
        retry: { limit: 0 },
        signal: stopping.signal,
        throwHttpErrors: false,
        timeout: { request: options.responseTimeoutMs },
      });
      return response.statusCode;
    } catch {
      return 'down';
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
    async idle() {
      if (counters.outstanding > 0) await new Promise<void>((resolve) => waitingForIdle.push(resolve));
    },
    app: () => app,
    close() {
      stopping.abort();
      agent.destroy();
    },
  };
}
