import { identify, isUnknown } from '../../domain/identities.ts';
import type { DeliveredStatus, Delivery, Notice, Person, Progress } from '../../domain/message.ts';
import { withoutPrefix } from './address.ts';
import { readContent } from './content.ts';

/** Ids become keys in the store; Twilio's have 34 characters. */
const MAX_ID_LENGTH = 512;

/** The parameter of the status callback's URL that holds the key of the part. */
export const PART_PARAMETER = 'part';

/**
 * Parses one POST of Twilio: one inbound message, or one status of a part of ours. Never throws. Returns undefined when it
 * is neither: it has no message SID. `receivedAt`, in milliseconds since 1970, is the time of both, since Twilio sends none.
 */
export function parseDelivery(
  form: URLSearchParams,
  query: URLSearchParams,
  receivedAt: number,
): Delivery | undefined {
  const id = form.get('MessageSid') || form.get('SmsMessageSid') || form.get('SmsSid');
  if (!id || id.length > MAX_ID_LENGTH) return undefined;
  const word = form.get('MessageStatus') || form.get('SmsStatus') || 'received';
  if (word === 'received' || word === 'receiving') return readMessage(form, id, receivedAt);
  return readStatus(form, { id, word: word.toLowerCase(), key: query.get(PART_PARAMETER), receivedAt });
}

function readMessage(form: URLSearchParams, id: string, receivedAt: number): Delivery {
  const type = form.get('MessageType') ?? undefined;
  const number = numberIn(form.get('To'));
  const from = withoutPrefix(form.get('From'));
  if (number === undefined || from === undefined) return onlyNotice('other_channel', channelIn(form));
  // A reply would go to the business number itself, which Twilio rejects (63031).
  if (numberIn(form.get('From')) === number) return onlyNotice('own_number', type);
  const person = readPerson(form, from);
  if (isUnknown(person)) return onlyNotice('no_sender', type);
  const { content, notice } = readContent(form);
  const quotes = form.get('OriginalRepliedMessageSid');
  const message = {
    ...{ id, channel: 'twilio', number, person, sentAt: receivedAt, content },
    ...(quotes && quotes.length <= MAX_ID_LENGTH && { quotes }),
  };
  return {
    messages: [message],
    statuses: [],
    notices: notice === undefined ? [] : [noticeOf(notice, type)],
  };
}

/** `ExternalUserId` in deliveries that others have recorded, `ExternalUserIdentifier` in Twilio's changelog of July 2026. */
function readPerson(form: URLSearchParams, from: string): Person {
  const userIds = ['ExternalUserId', 'ExternalUserIdentifier'].map((name) => {
    const value = form.get(name);
    return withoutPrefix(value) ?? value ?? undefined;
  });
  return identify([from, form.get('WaId') ?? undefined, ...userIds]);
}

interface StatusOf {
  readonly id: string;
  readonly word: string;
  readonly key: string | null;
  readonly receivedAt: number;
}

const PROGRESS: ReadonlyMap<string, Progress> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['failed', 'failed'],
  ['undelivered', 'failed'],
  ['canceled', 'failed'],
]);

/** Twilio has the part, and WhatsApp does not have it yet. */
const UNDER_WAY = new Set(['accepted', 'scheduled', 'queued', 'sending']);

function readStatus(form: URLSearchParams, { id, word, key, receivedAt }: StatusOf): Delivery {
  if (UNDER_WAY.has(word)) return onlyNotice('status_under_way', word, true);
  const number = numberIn(form.get('From'));
  if (number === undefined) return onlyNotice('other_channel', channelIn(form));
  const progress = PROGRESS.get(word) ?? 'other';
  const code = form.get('ErrorCode') ?? '';
  const status: DeliveredStatus = {
    ...{ channel: 'twilio', number, platformId: id, progress, at: receivedAt },
    ...(key && key.length <= MAX_ID_LENGTH && { key }),
    ...(/^[1-9]\d{0,9}$/.test(code) && { code }),
  };
  return {
    messages: [],
    statuses: [status],
    notices: progress === 'other' ? [noticeOf('unknown_status', word)] : [],
  };
}

/** Returns the number in a WhatsApp address in the form of the configuration: `+14155238886`. */
function numberIn(address: string | null): string | undefined {
  const digits = /^\+?(\d{5,15})$/.exec(withoutPrefix(address) ?? '')?.[1];
  return digits === undefined ? undefined : `+${digits}`;
}

/** Returns the channel of an address that is not WhatsApp's, such as `messenger` or `rcs`; `sms` without a prefix. */
function channelIn(form: URLSearchParams): string {
  return /^([a-z]+):/i.exec(form.get('From') ?? '')?.[1]?.toLowerCase() ?? 'sms';
}

function onlyNotice(what: string, detail?: string, routine?: true): Delivery {
  return { messages: [], statuses: [], notices: [noticeOf(what, detail, routine)] };
}

/** `detail` is dropped unless it looks like a word of the platform: no text of a person may pass. */
function noticeOf(what: string, detail?: string, routine?: true): Notice {
  const isWord = detail !== undefined && /^\w{1,64}$/.test(detail);
  return { what, ...(isWord && { detail }), ...(routine && { routine }) };
}
