import { Agent } from 'node:http';
import got from 'got';
import type { Counters } from '../counters.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import { signature, wireJson } from './signature.ts';

/** The last response status of the app: `down` when there was none, `unasked` before the first delivery. */
export type AppState = 'unasked' | 'down' | number;

/** Shorter than the second after which an app that shuts down closes idle connections: none is closed while in use. */
const IDLE_TIMEOUT_MS = 500;

export interface Sender {
  /**
   * Signs and posts a payload, and repeats this until the app responds 200. Resolves after the first attempt, whatever its
   * outcome. Calls `acknowledged` on a 200. Without a callback the payload is dropped.
   */
  post(payload: unknown, acknowledged?: () => void): Promise<void>;
  /** Resolves when no delivery is outstanding. */
  idle(): Promise<void>;
  app(): AppState;
  close(): void;
}

interface Delivery {
  readonly body: Buffer;
  readonly signature: string;
  readonly acknowledged: () => void;
  attempts: number;
}

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly counters: Counters;
  readonly timers: Timers;
  readonly onApp: (state: AppState) => void;
  /** Returns the URL for deliveries; undefined: none. */
  readonly callback: () => string | undefined;
}

/** Posts deliveries as Meta does: one is repeated until it gets a 200, as long as the simulator runs. */
export function createSender({ options, counters, timers, onApp, callback }: Dependencies): Sender {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxSockets: 64 });
  const stopping = new AbortController();
  const waitingForIdle: (() => void)[] = [];
  let app: AppState = 'unasked';

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.attempts += 1;
    counters.posts += 1;
    if (delivery.attempts > 1) counters.redeliveries += 1;
    const state = await post(delivery);
    if (stopping.signal.aborted) return;
    if (state !== app) onApp(state);
    app = state;
    if (state === 200) acknowledge(delivery);
    else timers.after(delayBefore(delivery.attempts + 1), () => void attempt(delivery));
  }

  async function post(delivery: Delivery): Promise<AppState> {
    try {
      const response = await got.post(callback() ?? options.webhookUrl, {
        body: delivery.body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': delivery.signature,
        },
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
    post(payload, acknowledged = () => {}) {
      if (callback() === undefined) return Promise.resolve();
      const body = wireJson(payload);
      counters.outstanding += 1;
      return attempt({ body, signature: signature(body, options.appSecret), acknowledged, attempts: 0 });
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
