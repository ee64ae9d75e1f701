import type { Got } from 'got';
import { z } from 'zod';
import { Unavailable, Unknown } from '../../domain/errors.ts';
import { TEMPLATE } from '../../domain/template.ts';
import type { Business } from '../../ports/businesses.ts';
import type { Channel, OutgoingPart } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Recipient, routeOf, sendingToTwoAddresses } from '../../resilience/two-addresses.ts';
import { delayMs, refusalError, statusError, UNDELIVERABLE_CODE } from './errors.ts';
import { createGraphClient, type GraphResponse, type GraphTimeouts } from './graph.ts';
import type { RateLimits, Route } from './rate-limits.ts';
import { type MetaTemplate, readTemplate, templateContent } from './template.ts';

/** Time limits of one send. */
export const SEND_TIMEOUTS: GraphTimeouts = { connectMs: 5000, totalMs: 20_000 };

export interface MetaChannelOptions {
  /** `https://graph.facebook.com` */
  readonly apiUrl: string;
  /** `v25.0` */
  readonly apiVersion: string;
  readonly rateLimits: RateLimits;
  readonly clock: Pick<Clock, 'now'>;
  /** Of businesses without one: name and language, such as `answer_ready/en_US`. */
  readonly template?: string;
  readonly timeouts?: GraphTimeouts;
  readonly http?: Got;
}

/** Sends through Meta's Cloud API. Errors hold codes and statuses, never a token, a number or a text. */
export function createMetaChannel(options: MetaChannelOptions): Channel {
  const { apiUrl, apiVersion, rateLimits, clock, template, timeouts = SEND_TIMEOUTS, http } = options;
  const url = `${apiUrl.replace(/\/+$/, '')}/${apiVersion}`;
  const postToGraph = createGraphClient({ url, timeouts, clock, http });

  async function post(route: Route, body: object, signal?: AbortSignal): Promise<GraphResponse> {
    const path = `/${encodeURIComponent(route.number)}/messages`;
    const response = await postToGraph({ path, accessToken: route.accessToken, body, signal });
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw refusal instanceof Unavailable ? rateLimits.slowDown(route, refusal) : refusal;
  }

  async function sendTo(recipient: Recipient, business: Business, part: OutgoingPart): Promise<string> {
    const route = routeOf(business, recipient);
    await rateLimits.enter(route);
    const { status, body } = await post(route, messageOf(recipient, business, part));
    const accepted = Accepted.safeParse(body);
    if (!accepted.success) {
      throw new Unknown(`Meta responded with HTTP ${status} without an id: it may have accepted the part`);
    }
    rateLimits.accepted(route);
    return accepted.data.messages[0].id;
  }

  function messageOf(recipient: Recipient, business: Business, part: OutgoingPart): object {
    const content = part.text === TEMPLATE ? templateContent(templateOf(business)) : textContent(part);
    return {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...addressOf(recipient),
      ...content,
      biz_opaque_callback_data: part.key,
    };
  }

  const { send, failure } = sendingToTwoAddresses({
    isUndeliverable: (code) => code === UNDELIVERABLE_CODE,
    limits: rateLimits,
    refusals: { statusError, delayMs },
    sendTo,
  });

  function templateOf({ settings }: Business): MetaTemplate | undefined {
    return readTemplate(settings.template) ?? readTemplate(template);
  }

  return {
    /** Meta's page says "4,096 characters". UTF-16 units are the strictest reading of that, short of bytes. */
    maxPartLength: 4096,

    send,
    failure,

    async showTyping(business, messageId, signal) {
      const route = routeOf(business);
      rateLimits.check(route);
      await post(route, readAndTyping(messageId), signal);
    },

    hasTemplate: (business) => templateOf(business) !== undefined,
  };
}

function addressOf(recipient: Recipient): object {
  return 'phone' in recipient ? { to: recipient.phone } : { recipient: recipient.userId };
}

/** Meta, "Contextual replies": `context` quotes the message. */
function textContent({ text, replyTo }: OutgoingPart): object {
  return {
    ...(replyTo !== undefined && { context: { message_id: replyTo } }),
    type: 'text',
    // A preview would show the first link only, and push the answer off a phone's screen.
    text: { body: text, preview_url: false },
  };
}

/** Meta, "Typing indicators": marks the message and all before it as read, and shows typing for 25 seconds. */
function readAndTyping(messageId: string): object {
  return {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: messageId,
    typing_indicator: { type: 'text' },
  };
}

const Accepted = z.object({ messages: z.tuple([z.object({ id: z.string().min(1) })]).rest(z.unknown()) });

const GraphError = z.object({
  error: z.object({
    code: z.number().int(),
    error_subcode: z.number().int().optional().catch(undefined),
    fbtrace_id: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .optional()
      .catch(undefined),
  }),
});

/** Returns undefined for a successful response. Graph's own sentences are left out, since some name the recipient. */
function refusalOf({ status, retryAfterMs, body }: GraphResponse): Error | undefined {
  const graphError = GraphError.safeParse(body);
  if (!graphError.success && status >= 200 && status < 300) return undefined;
  const { code, error_subcode, fbtrace_id } = graphError.data?.error ?? {};
  return refusalError({
    status,
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: new Error(`HTTP ${status}, code ${code}, subcode ${error_subcode}, trace ${fbtrace_id}`),
  });
}
