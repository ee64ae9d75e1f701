import type { Delivery, Person } from '../../domain/message.ts';
import type { Progress } from '../../domain/progress.ts';
import { readContent } from './content.ts';
import { type MessageContext, readContext } from './context.ts';
import { DeliveryBuilder } from './delivery-builder.ts';
import { readEchoes } from './echoes.ts';
import {
  Change,
  Entry,
  Envelope,
  errorCode,
  MessageEntry,
  mayHave,
  readTimestamp,
  StatusEntry,
  Value,
} from './envelope.ts';
import { readField } from './fields.ts';
import { readPerson } from './person.ts';
import { readPricing } from './pricing.ts';

/**
 * Parses one POST of Meta: up to 1,000 updates in many entries, changes, messages and statuses, for several businesses.
 * Never throws, in linear time. An unreadable part becomes a notice and does not affect the others. Returns undefined when
 * the body is not a delivery (no `entry` array).
 *
 * `receivedAt`, in milliseconds since 1970, replaces a missing or implausible timestamp.
 */
export function parseDelivery(body: unknown, receivedAt: number): Delivery | undefined {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) return undefined;
  const builder = new DeliveryBuilder(receivedAt);
  const { object, entry } = envelope.data;
  if (object === undefined || object === 'whatsapp_business_account') {
    for (const item of builder.list(entry, 'entry')) readEntry(item, builder);
  } else {
    builder.notice('unknown_object', object);
  }
  return builder.delivery();
}

function readChange(item: unknown, builder: DeliveryBuilder): void {
  const change = Change.safeParse(item).data;
  if (change === undefined) {
    builder.notice('malformed_change');
    return;
  }
  const { field, value } = change;
  if (field === 'messages') {
    readValue(value, builder);
  } else if (field === undefined && hasUpdates(value)) {
    builder.notice('no_field');
    readValue(value, builder);
  } else if (typeof field !== 'string') {
    builder.notice('malformed_change');
  } else if (field === 'smb_message_echoes') {
    readEchoes(value, builder);
  } else if (field === 'standby' || field === 'messaging_handovers') {
    // Meta's own Business Agent has the conversations: messages go to it and not to this service. Needs an operator.
    builder.notice(field);
  } else {
    const { what, detail, routine } = readField(field, value);
    builder.notice(what, detail, routine);
  }
}

/** Some test tools leave the field out. */
function hasUpdates(value: unknown): boolean {
  if (value === undefined) return false;
  const read = Value.safeParse(value).data;
  return Array.isArray(read?.messages) || Array.isArray(read?.statuses);
}

function readEntry(item: unknown, builder: DeliveryBuilder): void {
  const entry = mayHave(item, 'changes') ? Entry.safeParse(item).data : undefined;
  if (entry === undefined) builder.notice('malformed_entry');
  for (const change of builder.list(entry?.changes, 'changes')) readChange(change, builder);
}

function readValue(item: unknown, builder: DeliveryBuilder): void {
  const value = Value.safeParse(item);
  if (!value.success) {
    builder.notice('malformed_value');
    return;
  }
  for (const error of builder.list(value.data.errors, 'errors'))
    builder.notice('platform_error', errorCode(error));
  const messages = builder.list(value.data.messages, 'messages');
  const statuses = builder.list(value.data.statuses, 'statuses');
  if (messages.length === 0 && statuses.length === 0) return;
  const context = readContext(value.data, builder);
  if (context === undefined) return;
  for (const message of messages) readMessage(message, context, builder);
  for (const status of statuses) readStatus(status, context.number, builder);
}

function readMessage(
  item: unknown,
  { number, ownPhone, contacts }: MessageContext,
  builder: DeliveryBuilder,
): void {
  const entry = mayHave(item, 'id') ? MessageEntry.safeParse(item).data : undefined;
  if (entry === undefined) {
    builder.notice('malformed_message');
    return;
  }
  const { content, notice, detail } = readContent(entry);
  if (notice !== undefined) builder.notice(notice, detail ?? entry.type);
  for (const error of builder.list(entry.errors, 'errors')) builder.notice('message_error', errorCode(error));
  const person = readPerson(entry, contacts);
  if (person === undefined) {
    builder.notice('no_sender', entry.type);
    return;
  }
  // A reply would go to the business number itself, which Meta rejects (131021).
  if (person.phone !== undefined && person.phone === ownPhone) {
    builder.notice('own_number', entry.type);
    return;
  }
  const sentAt = builder.time(entry.timestamp);
  const isTimed = readTimestamp(entry.timestamp, builder.receivedAt) !== undefined;
  builder.messages.push({
    id: entry.id,
    channel: 'meta',
    number,
    person: isTimed ? person : withoutChange(person),
    sentAt,
    content,
    ...quotesOf(entry),
  });
}

/** Meta, "messages webhook reference", `context`. A forwarded message replies to none. */
function quotesOf({ context }: MessageEntry): { readonly quotes?: string } {
  if (context?.id === undefined || context.forwarded || context.frequently_forwarded) return {};
  return { quotes: context.id };
}

/** A change of identity without a time is ignored: it may be a replay of an old one. */
function withoutChange({ formerly: _, ...person }: Person): Person {
  return person;
}

const PROGRESS: ReadonlyMap<string | undefined, Progress> = new Map(
  (['sent', 'delivered', 'read', 'played', 'failed'] as const).map((word) => [word, word]),
);

function readStatus(item: unknown, number: string, builder: DeliveryBuilder): void {
  const status = mayHave(item, 'id') ? StatusEntry.safeParse(item).data : undefined;
  if (status === undefined) {
    builder.notice('malformed_status');
    return;
  }
  const { id, status: word, timestamp, biz_opaque_callback_data: key, errors } = status;
  const progress = PROGRESS.get(word) ?? 'other';
  if (progress === 'other') builder.notice('unknown_status', word);
  const [code] = builder.list(errors, 'errors').map(errorCode);
  const pricing = readPricing(status, builder);
  builder.statuses.push({
    channel: 'meta',
    number,
    platformId: id,
    ...(key !== undefined && key !== '' && { key }),
    progress,
    at: builder.time(timestamp),
    ...(code !== undefined && { code }),
    ...(pricing !== undefined && { pricing }),
  });
}
