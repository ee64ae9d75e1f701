import { Agent } from 'node:http';
import got from 'got';
import type { Counters } from '../counters.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import { signature, wireJson } from './signature.ts';

/** How the app answered last: `down` when it did not. */
export type AppState = 'unasked' | 'down' | number;

/** Idle connections. Sooner than an app that leaves closes them (a second): nothing is written into one being closed. */
const GIVEN_UP_MS = 500;

export interface Courier {
  /**
   * Signs and posts, again and again until the app answers 200. Resolves after the first attempt, whatever came of it;
   * `acknowledged` is called when it was 200. While the app has no callback nothing is posted, and nothing is later.
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

interface Means {
  readonly options: SimulatorOptions;
  readonly counters: Counters;
  readonly timers: Timers;
  readonly onApp: (state: AppState) => void;
  /** Where deliveries go; undefined: nowhere. */
  readonly callback: () => string | undefined;
}

/** Meta's side of "200 means stored": nothing is dropped while the simulator runs. */
export function createCourier({ options, counters, timers, onApp, callback }: Means): Courier {
  const agent = new Agent({ keepAlive: true, timeout: GIVEN_UP_MS, maxSockets: 64 });
  const stopping = new AbortController();
  const waitingForIdle: (() => void)[] = [];
  let app: AppState = 'unasked';

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.attempts += 1;
    counters.posts += 1;
    if (delivery.attempts > 1) counters.redeliveries += 1;
    const answer = await answerTo(delivery);
    if (stopping.signal.aborted) return;
    if (answer !== app) onApp(answer);
    app = answer;
    if (answer === 200) settle(delivery);
    else timers.after(restBefore(delivery.attempts + 1), () => void attempt(delivery));
  }

  async function answerTo(delivery: Delivery): Promise<AppState> {
    try {
      const answer = await got.post(callback() ?? options.webhookUrl, {
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
        timeout: { request: options.answerMs },
      });
      return answer.statusCode;
    } catch {
      return 'down';
    }
  }

  function settle(delivery: Delivery): void {
    counters.acknowledged += 1;
    counters.outstanding -= 1;
    delivery.acknowledged();
    if (counters.outstanding === 0) for (const resolve of waitingForIdle.splice(0)) resolve();
  }

  function restBefore(attempt: number): number {
    const { firstMs, factor, longestMs } = options.redelivery;
    return Math.min(longestMs, firstMs * factor ** (attempt - 2));
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
