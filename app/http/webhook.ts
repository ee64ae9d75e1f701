import type { Context } from 'koa';
import { Unavailable } from '../domain/errors.ts';
import type { Delivery } from '../domain/message.ts';
import { parseJson } from '../json.ts';
import { seldom } from '../log/seldom.ts';
import type { Fields, Log } from '../log.ts';
import type { DeliveryOutcome, Metrics } from '../metrics.ts';
import { type Answer, answer, answerDirectly } from './answer.ts';
import { createGathering } from './gathering.ts';
import { createBodyReader, lingering, type RawBody } from './raw-body.ts';

/** What a channel and the store do for a delivery. */
export interface WebhookDoor {
  /** Over the bytes as they came; closed when the header is missing or given twice. */
  verify(rawBody: Buffer, signature: string | string[] | undefined): Verified;
  /** Undefined: no envelope of this platform. What it does not know becomes a notice; it does not throw. */
  read(body: unknown, receivedAt: number): Delivery | undefined;
  /** Resolves when everything is stored; throws when anything is not. */
  accept(delivery: Delivery): Promise<Accepted>;
}

type Verified =
  | { readonly ok: true; readonly escaped?: boolean }
  | { readonly ok: false; readonly why: string };

/** Counts of messages; `foreign`: for a number that is not ours. */
export interface Accepted {
  readonly stored: number;
  readonly known: number;
  readonly foreign: number;
}

export interface WebhookOptions {
  readonly door: WebhookDoor;
  readonly alwaysReturnOk: boolean;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => number;
}

/** Meta's deliveries are at most 3 MB (Graph API, "Webhooks"); the rest is margin. */
const LONGEST_BODY = 4 * 1024 * 1024;

/** Where the store does not say when it will be back. */
const RETRY_AFTER_MS = 5000;

/**
 * Answers 200 only when every message of the delivery is stored, so that what was answered otherwise is delivered
 * again. The signature comes before anything is believed about the body.
 */
export function receiveDeliveries({ door, alwaysReturnOk, metrics, log, now }: WebhookOptions) {
  const gathered = createGathering();
  const readRawBody = createBodyReader(LONGEST_BODY);
  const saying = seldom(now);

  /** Once a minute for each kind, with how many there were: anybody can send what is not signed. */
  function warnSeldom(kind: string, event: string, fields: Fields): void {
    const count = saying(kind);
    if (count !== undefined) log.warn(event, { ...fields, count });
  }

  return async function webhook(ctx: Context): Promise<void> {
    const receivedAt = now();
    const body = await readRawBody(ctx.req);
    await gathered();
    if (body.read) {
      const judgement = await judge(ctx, body.bytes, receivedAt);
      metrics.delivery(judgement.outcome);
      answerDirectly(ctx, receivedAt, judgement);
      return;
    }
    const { because } = body;
    if (because !== 'aborted') warnSeldom(because, 'a delivery was refused unread', { reason: because });
    const judgement = refused(because);
    metrics.delivery(judgement.outcome);
    answer(ctx, receivedAt, judgement);
    // A connection that stays open can be answered whole at once; what still comes of the body is thrown away.
    if (!ctx.res.shouldKeepAlive) ctx.body = lingering(ctx.req, String(ctx.body));
  };

  async function judge(ctx: Context, rawBody: Buffer, receivedAt: number): Promise<Judgement> {
    try {
      const verified = door.verify(rawBody, ctx.req.headers['x-hub-signature-256']);
      metrics.signature(verified.ok ? (verified.escaped ? 'escaped' : 'good') : 'bad');
      if (!verified.ok) {
        const { why: reason } = verified;
        warnSeldom(reason, 'a delivery was not signed by the platform', { reason, bytes: rawBody.length });
        return UNSIGNED;
      }
      const body = parseJson(rawBody.toString('utf8'));
      const delivery = body === undefined ? undefined : door.read(body, receivedAt);
      if (delivery === undefined) {
        warnSeldom('unreadable', 'a signed delivery could not be read', { bytes: rawBody.length });
        return alwaysReturnOk ? UNREADABLE : { ...UNREADABLE, status: 400 };
      }
      const accepted = await door.accept(delivery);
      count(delivery);
      log.debug('delivery stored', { ...sizes(delivery), ...accepted, ms: now() - receivedAt });
      return STORED;
    } catch (error) {
      if (error instanceof Unavailable) warnSeldom('not stored', 'a delivery could not be stored', { error });
      else log.error('a delivery was not stored', { error });
      return notStored(error);
    }
  }

  function count({ notices, statuses }: Delivery): void {
    for (const { what, count } of notices) metrics.notice(what, count);
    for (const { progress } of statuses) metrics.status(progress);
  }
}

function sizes({ messages, statuses, notices }: Delivery) {
  return { messages: messages.length, statuses: statuses.length, notices: notices.length };
}

function refused(because: Extract<RawBody, { read: false }>['because']): Judgement {
  switch (because) {
    case 'too large':
      return TOO_LARGE;
    case 'crowded':
      return CROWDED;
    case 'encoded':
      return ENCODED;
    case 'aborted':
      return ABORTED;
  }
}

function notStored(error: unknown): Judgement {
  const retryAfterMs = error instanceof Unavailable ? error.retryAfterMs : undefined;
  return {
    outcome: 'not_stored',
    status: 503,
    message: 'not stored; deliver it again',
    errorCode: 'NOT_STORED',
    headers: { 'Retry-After': String(Math.ceil((retryAfterMs ?? RETRY_AFTER_MS) / 1000)) },
  };
}

type Judgement = Answer & { readonly outcome: DeliveryOutcome };

const STORED: Judgement = { outcome: 'stored', status: 200, message: 'stored' };
const UNSIGNED: Judgement = {
  outcome: 'unsigned',
  status: 403,
  message: 'the signature is missing or wrong',
  errorCode: 'INVALID_SIGNATURE',
};
const UNREADABLE: Judgement = {
  outcome: 'unreadable',
  status: 200,
  message: 'signed, but not a delivery that can be read; it was counted',
  errorCode: 'INVALID_PAYLOAD',
};
const TOO_LARGE: Judgement = {
  outcome: 'refused',
  status: 413,
  message: `a delivery is at most ${LONGEST_BODY} bytes`,
  errorCode: 'BODY_TOO_LARGE',
};
const CROWDED: Judgement = {
  outcome: 'refused',
  status: 503,
  message: 'too much is arriving at once; deliver it again',
  errorCode: 'UNAVAILABLE',
  headers: { 'Retry-After': String(RETRY_AFTER_MS / 1000) },
};
const ENCODED: Judgement = {
  outcome: 'refused',
  status: 415,
  message: 'a delivery has no Content-Encoding',
  errorCode: 'UNSUPPORTED_ENCODING',
};
/** Goes to nobody: the connection is gone. */
const ABORTED: Judgement = { outcome: 'refused', status: 400, message: 'the body ended early' };
