import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../../../app/channels/meta/signature.ts';
import { DEVELOPMENT } from '../../simulator/development.ts';
import { WEBHOOK_PATHS } from '../../simulator/options.ts';

const MAX_CONNECTIONS = 128;
const REDELIVERED_AFTER_MS = 200;
const MAX_LATENCY_MS = 60_000;

/** Posts webhooks as Meta does: each until it gets a 200. */
export class Deliveries {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  readonly #latencies = new Uint32Array(MAX_LATENCY_MS + 1);
  readonly #port: () => number;
  accepted = 0;
  refused = 0;
  waiting = 0;

  /** `port` is asked before each attempt: a deployment changes it. */
  constructor(port: () => number) {
    this.#port = port;
  }

  /** Resolves after the 200. Its latency counts from `dueAt`, also when the load itself was late. */
  async deliver(value: object, dueAt: number): Promise<void> {
    const entry = [{ id: '1', changes: [{ field: 'messages', value: { ...VALUE, ...value } }] }];
    const body = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
    this.waiting += 1;
    while ((await this.#post(body)) !== 200) {
      this.refused += 1;
      await sleep(REDELIVERED_AFTER_MS);
    }
    this.waiting -= 1;
    this.accepted += 1;
    const ms = Math.min(MAX_LATENCY_MS, Math.ceil(performance.now() - dueAt));
    this.#latencies[ms] = (this.#latencies[ms] ?? 0) + 1;
  }

  /** Returns the latency in milliseconds that this share of the deliveries did not exceed. */
  latencyMs(share: number): number {
    let left = this.accepted * share;
    return this.#latencies.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Resolves to the status; undefined without a response. */
  #post(body: Buffer): Promise<number | undefined> {
    return new Promise((resolve) => {
      const posting = request({
        host: '127.0.0.1',
        port: this.#port(),
        path: WEBHOOK_PATHS.meta,
        method: 'POST',
        agent: this.#agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-hub-signature-256': sign(body, DEVELOPMENT.appSecret),
        },
      });
      posting.on('error', () => resolve(undefined));
      posting.on('response', (response) => {
        response.resume();
        response.on('error', () => resolve(undefined));
        response.on('end', () => resolve(response.statusCode));
      });
      posting.end(body);
    });
  }
}

const VALUE = {
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550009999', phone_number_id: DEVELOPMENT.number },
};
