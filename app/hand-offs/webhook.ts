import { createHmac } from 'node:crypto';
import { Unavailable } from '../domain/errors.ts';
import { createHttpClient, type Limits } from '../http-client/client.ts';
import type { Clock } from '../ports/clock.ts';
import type { HandOffs } from '../ports/hand-offs.ts';
import { payloadOf } from './payload.ts';

interface WebhookOptions {
  readonly url: string;
  /** The key of the signature. */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** A bridge only has to store the event. */
const LIMITS: Limits = {
  ...{ connectMs: 3_000, firstByteMs: 10_000, idleMs: 5_000, totalMs: 15_000 },
  maxBytes: 64 * 1024,
};
const NAME = 'the webhook of hand-offs';

/**
 * Posts each event as JSON, signed with HMAC-SHA256 over the body. A response with a status from 200 to 299 means that it
 * has arrived.
 */
export function createWebhookHandOffs({ url, secret, clock }: WebhookOptions): HandOffs {
  const request = createHttpClient({ name: NAME, url, clock });

  async function post(json: object, signal: AbortSignal): Promise<number> {
    // The client sends exactly this text.
    const signature = createHmac('sha256', secret).update(JSON.stringify(json)).digest('hex');
    const headers = { 'x-signature-256': `sha256=${signature}` };
    const response = await request({ method: 'POST', path: '', headers, json, limits: LIMITS, signal });
    response.discard();
    return response.status;
  }

  return {
    async deliver(event, signal) {
      let status: number;
      try {
        status = await post(payloadOf(event), signal);
      } catch (error) {
        if (signal.aborted) throw error;
        throw undelivered(`${NAME} cannot be reached: look at HANDOFF_WEBHOOK_URL`, codeOf(error), error);
      }
      if (status < 200 || status > 299)
        throw undelivered(`${NAME} responds with ${status}`, `http-${status}`, undefined);
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Unavailable ? error.code : undefined;
}

function undelivered(message: string, code: string | undefined, cause: unknown): Unavailable {
  return new Unavailable(message, { scope: 'app', code, alarm: 'hand-off-undelivered', cause });
}
