import type { Got } from 'got';
import { z } from 'zod';
import { Refused, Unavailable, Unknown } from '../../domain/errors.ts';
import { TEMPLATE } from '../../domain/template.ts';
import type { CallTimeouts, JsonResponse } from '../../http-client/json-calls.ts';
import type { Business } from '../../ports/businesses.ts';
import type { Channel, OutgoingPart } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Route, SendLimits } from '../../resilience/send-limits.ts';
import { type Recipient, routeOf, sendingToTwoAddresses } from '../../resilience/two-addresses.ts';
import { CONTENT_SID } from '../../template-names.ts';
import { addressOf, channelAddress } from './address.ts';
import { createTwilioApi, refusalOf } from './api.ts';
import { delayMs, isUndeliverable, statusError } from './errors.ts';
import { findPart, PAGE_SIZE } from './find.ts';
import { statusCallback } from './webhook.ts';

/** Time limits of one send. */
const SEND_TIMEOUTS: CallTimeouts = { connectMs: 5000, totalMs: 20_000 };

export interface TwilioChannelOptions {
  /** `https://api.twilio.com` */
  readonly apiUrl: string;
  readonly accountSid: string;
  /** Of this service, as Twilio sees it. */
  readonly publicUrl: string;
  /** Content SID of the template that is sent outside the 24-hour window. */
  readonly template: string | undefined;
  readonly limits: SendLimits;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts?: CallTimeouts;
  readonly http?: Got;
}

/** Sends through Twilio's Messages resource. Errors hold codes and statuses, never a token, a number or a text. */
export function createTwilioChannel(options: TwilioChannelOptions): Channel {
  const { limits, publicUrl, timeouts = SEND_TIMEOUTS } = options;
  const api = createTwilioApi({ ...options, timeouts });

  // The setting of a business may be meant for another platform.
  const templateOf = ({ settings }: Business) =>
    [settings.template, options.template].find((one) => one !== undefined && CONTENT_SID.test(one));

  /** Throws the error for a refusal, and starts its cooldown. */
  function checked(route: Route, response: JsonResponse): JsonResponse {
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw refusal instanceof Unavailable ? limits.slowDown(route, refusal) : refusal;
  }

  async function sendTo(recipient: Recipient, business: Business, part: OutgoingPart): Promise<string> {
    const route = routeOf(business, recipient);
    const content = contentOf(part, templateOf(business));
    await limits.enter(route);
    const form = {
      From: channelAddress(business.number),
      To: addressOf(recipient),
      ...content,
      StatusCallback: statusCallback(publicUrl, part.key),
    };
    const { status, body } = checked(route, await api.createMessage(route.accessToken, form));
    const created = Created.safeParse(body);
    if (!created.success) {
      throw new Unknown(`Twilio responded with HTTP ${status} without an id: it may have accepted the part`);
    }
    limits.accepted(route);
    return created.data.sid;
  }

  const { send, failure, recipientOf } = sendingToTwoAddresses({
    isUndeliverable,
    limits,
    refusals: { statusError, delayMs },
    sendTo,
  });

  return {
    /** Twilio's limit (error 21617); UTF-16 units are the strictest reading of its "characters". */
    maxPartLength: 1600,

    send,
    failure,

    /** Public beta ("Typing Indicators resource"); a refusal says nothing about sending, so it starts no cooldown. */
    async showTyping(business, messageId, signal) {
      const route = routeOf(business);
      limits.check(route);
      const form = { messageId, channel: 'whatsapp' };
      const refusal = refusalOf(await api.showTyping(route.accessToken, form, signal));
      if (refusal !== undefined) throw refusal;
    },

    hasTemplate: (business) => templateOf(business) !== undefined,

    async find(business, to, { text, failures }, since) {
      const recipient = recipientOf(to, failures);
      const route = routeOf(business, recipient);
      limits.check(route);
      const first = {
        From: channelAddress(business.number),
        To: addressOf(recipient),
        PageSize: String(PAGE_SIZE),
      };
      return findPart({ text, since }, async (page) => {
        return checked(route, await api.listMessages(route.accessToken, page ?? first)).body;
      });
    },
  };
}

const Created = z.object({ sid: z.string().min(1).max(512) });

function contentOf({ text }: OutgoingPart, template: string | undefined): Readonly<Record<string, string>> {
  if (text !== TEMPLATE) return { Body: text };
  if (template === undefined) throw new Refused('no template is configured for this number');
  return { ContentSid: template };
}
