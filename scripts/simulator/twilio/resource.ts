import type { Bubble, Chats } from '../chats.ts';
import type { SimulatorOptions } from '../options.ts';
import { addressOf } from './address.ts';
import { textOf } from './errors.ts';

/** A message as Twilio keeps it. */
export interface Resource {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly status: string;
  readonly errorCode: number | null;
  readonly numMedia: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Undefined while it is queued. */
  readonly sentAt: number | undefined;
  readonly updatedAt: number;
}

/** What a bubble does not say of a message to a person. */
export interface Outgoing {
  sentAt?: number;
  updatedAt: number;
}

/** Codes of messages that left Twilio and did not reach the person. */
const UNDELIVERED = new Set([63003, 63016, 63024, 63049]);

/** Returns Twilio's name of a bubble's state. */
export function statusOf({ by, progress, code }: Bubble): string {
  if (by === 'person') return 'received';
  if (progress === 'accepted') return 'queued';
  if (progress === 'failed') return code !== undefined && UNDELIVERED.has(code) ? 'undelivered' : 'failed';
  return progress;
}

export function resourceOf(
  bubble: Bubble,
  { chats, options, outgoing }: { chats: Chats; options: SimulatorOptions; outgoing?: Outgoing | undefined },
): Resource {
  const { by, id, at, content, code } = bubble;
  const person = chats.find(bubble.person)?.person;
  const theirs = person === undefined ? `whatsapp:+${bubble.person}` : addressOf(person);
  const ours = `whatsapp:${options.twilio.number}`;
  const inbound = by === 'person';
  return {
    sid: id,
    from: inbound ? theirs : ours,
    to: inbound ? ours : theirs,
    body: ('text' in content ? content.text : undefined) ?? '',
    direction: inbound ? 'inbound' : 'outbound-api',
    status: statusOf(bubble),
    errorCode: code ?? null,
    numMedia: id.startsWith('MM') || 'link' in content ? 1 : 0,
    createdAt: at,
    // The times of a message that a former process sent are not kept.
    sentAt: inbound || (outgoing === undefined && bubble.progress !== 'accepted') ? at : outgoing?.sentAt,
    updatedAt: outgoing?.updatedAt ?? at,
  };
}

/** Returns the JSON of a message (Twilio, "Messages resource"). */
export function resourceJson(resource: Resource, accountSid: string): Record<string, unknown> {
  const { sid, errorCode, sentAt } = resource;
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: resource.body,
    date_created: rfc2822(resource.createdAt),
    date_sent: sentAt === undefined ? null : rfc2822(sentAt),
    date_updated: rfc2822(resource.updatedAt),
    direction: resource.direction,
    error_code: errorCode,
    error_message: errorCode === null ? null : textOf(errorCode),
    from: resource.from,
    messaging_service_sid: null,
    num_media: String(resource.numMedia),
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: resource.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: resource.to,
    uri: `${uri}.json`,
  };
}

/** `Fri, 27 Nov 2026 15:57:01 +0000`: to the second. */
function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
