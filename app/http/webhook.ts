import type { Context } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Delivery } from '../domain/message.ts';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Fields, Log } from '../log.ts';
import type { DeliveryOutcome, Metrics } from '../metrics.ts';
import type { Covers, Verification, WebhookChannel } from '../ports/webhook-channel.ts';
import { createBodyReader, lingering, type RawBody } from './raw-body.ts';
import { type HttpResponse, respond, respondDirectly } from './respond.ts';
import { createTickBarrier } from './tick-barrier.ts';

/**
 * Resolves to fields for the log once every message and status of the delivery is stored; rejects if any is not. Items of
 * businesses that the signer does not cover are not stored. `covers` absent: every business.
 */
export type Accept = (delivery: Delivery, covers: Covers | undefined) => Promise<Fields>;

export interface WebhookOptions {
  readonly channel: WebhookChannel;
  readonly accept: Accept;
  readonly metrics: Pick<Metrics, 'delivery' | 'signature' | 'acceptedAfter'>;
  readonly log: Log;
  readonly now: () => number;
}

/** Used when the error has no `retryAfterMs`. */
const RETRY_AFTER_MS = 5000;

/**
 * Handles the POSTs of a channel. Responds 200 only when every message of the delivery is stored: after any other response
 * the platform delivers again. The signature is checked before the body is parsed.
 */
export function receiveDeliveries({ channel, accept, metrics, log, now }: WebhookOptions) {
  const { maxBodyBytes, unreadableStatus } = channel;
  const tickBarrier = createTickBarrier();
  const readRawBody = createBodyReader(maxBodyBytes);
  const countToLog = oncePerMinute(now);

  /** One line per minute and kind, with a count: anyone can send unsigned requests. */
  function warn(kind: string, event: string, fields: Fields): void {
    const count = countToLog(kind);
    if (count !== undefined) log.warn(event, { ...fields, count });
  }

  return async function webhook(ctx: Context): Promise<void> {
    const receivedAt = now();
    const body = await readRawBody(ctx.req);
    await tickBarrier();
    if (body.read) {
      const response = await handle(ctx, body.bytes, receivedAt);
      metrics.delivery(response.outcome);
      if (response.outcome === 'stored') metrics.acceptedAfter(now() - receivedAt);
      respondDirectly(ctx, receivedAt, response);
      return;
    }
    const { because } = body;
    if (because !== 'aborted') warn(because, 'a delivery was refused unread', { reason: because });
    const response = refused(because, maxBodyBytes);
    metrics.delivery(response.outcome);
    respond(ctx, receivedAt, response);
    // A connection that stays open gets the whole response at once; the rest of the request's body is discarded.
    if (!ctx.res.shouldKeepAlive) ctx.body = lingering(ctx.req, String(ctx.body));
  };

  async function handle({ req }: Context, body: Buffer, receivedAt: number): Promise<DeliveryResponse> {
    const request = { url: req.url ?? '/', headers: req.headers, body };
    let verification: Verification | Promise<Verification>;
    try {
      verification = channel.verify(request);
      // Nearly always it is no promise, and waiting would end the step that the deliveries of a tick share.
      if (verification instanceof Promise) verification = await verification;
    } catch (error) {
      metrics.signature('unchecked');
      logUnavailable('unchecked', 'the signature of a delivery could not be checked', error);
      return notStored(error);
    }
    try {
      metrics.signature(verification.ok ? (verification.escaped ? 'escaped' : 'good') : 'bad');
      if (!verification.ok) {
        const { reason } = verification;
        warn(reason, 'a delivery was not signed by the platform', { reason, bytes: body.length });
        return UNSIGNED;
      }
      const delivery = channel.parse(request, receivedAt);
      if (delivery === undefined) {
        warn('unreadable', 'a signed delivery could not be read', { bytes: body.length });
        return { ...UNREADABLE, status: unreadableStatus };
      }
      const fields = await accept(delivery, verification.covers);
      log.debug('delivery stored', { ...sizes(delivery), ...fields, ms: now() - receivedAt });
      return channel.storedBody === undefined ? STORED : { ...STORED, body: channel.storedBody };
    } catch (error) {
      logUnavailable('not stored', 'a delivery could not be stored', error);
      return notStored(error);
    }
  }

  /** One line a minute for each condition that an operator has to fix, so that none hides another. */
  function logUnavailable(kind: string, event: string, error: unknown): void {
    if (error instanceof Unavailable) {
      const { alarm } = error;
      warn(alarm === undefined ? kind : `${kind} ${alarm}`, event, { error, ...(alarm && { alarm }) });
    } else log.error(event, { error });
  }
}

function sizes({ messages, statuses, notices }: Delivery) {
  return { messages: messages.length, statuses: statuses.length, notices: notices.length };
}

function refused(
  because: Extract<RawBody, { read: false }>['because'],
  maxBodyBytes: number,
): DeliveryResponse {
  switch (because) {
    case 'too large':
      return { ...TOO_LARGE, message: `a delivery is at most ${maxBodyBytes} bytes` };
    case 'crowded':
      return CROWDED;
    case 'encoded':
      return ENCODED;
    case 'aborted':
      return ABORTED;
  }
}

function notStored(error: unknown): DeliveryResponse {
  const retryAfterMs = error instanceof Unavailable ? error.retryAfterMs : undefined;
  return {
    outcome: 'not_stored',
    status: 503,
    message: 'not stored; deliver it again',
    errorCode: 'NOT_STORED',
    headers: { 'Retry-After': String(Math.ceil((retryAfterMs ?? RETRY_AFTER_MS) / 1000)) },
  };
}

type DeliveryResponse = HttpResponse & { readonly outcome: DeliveryOutcome };

const STORED: DeliveryResponse = { outcome: 'stored', status: 200, message: 'stored' };
const UNSIGNED: DeliveryResponse = {
  outcome: 'unsigned',
  status: 403,
  message: 'the signature is missing or wrong',
  errorCode: 'INVALID_SIGNATURE',
};
const UNREADABLE: Omit<DeliveryResponse, 'status'> = {
  outcome: 'unreadable',
  message: 'signed, but not a delivery that can be read; it was counted',
  errorCode: 'INVALID_PAYLOAD',
};
const TOO_LARGE: Omit<DeliveryResponse, 'message'> = {
  outcome: 'refused',
  status: 413,
  errorCode: 'BODY_TOO_LARGE',
};
const CROWDED: DeliveryResponse = {
  outcome: 'refused',
  status: 503,
  message: 'too much is arriving at once; deliver it again',
  errorCode: 'UNAVAILABLE',
  headers: { 'Retry-After': String(RETRY_AFTER_MS / 1000) },
};
const ENCODED: DeliveryResponse = {
  outcome: 'refused',
  status: 415,
  message: 'a delivery has no Content-Encoding',
  errorCode: 'UNSUPPORTED_ENCODING',
};
/** Not received by the peer: its connection is closed. */
const ABORTED: DeliveryResponse = { outcome: 'refused', status: 400, message: 'the body ended early' };
