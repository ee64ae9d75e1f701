import type { Delivery, Message, Notice, Person, Progress, Status } from '../../conversation/message.ts';
import { readContent } from './content.ts';
import {
  Change,
  Entry,
  Envelope,
  errorCode,
  MessageEntry,
  readTimestamp,
  StatusEntry,
  Value,
} from './envelope.ts';
import { type ContactBook, readContacts, readPerson } from './person.ts';

/**
 * Reads everything that one POST of Meta holds: up to 1,000 updates over many entries, changes, messages and statuses,
 * for several businesses. Never throws and takes time in proportion to the body. What cannot be read becomes a notice
 * and leaves its neighbours alone. Undefined: this is no delivery at all (no `entry` array).
 *
 * `receivedAt`, in milliseconds since 1970, stands in for a timestamp that is missing or cannot be.
 */
export function readDelivery(body: unknown, receivedAt: number): Delivery | undefined {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) return undefined;
  const found = new Findings(receivedAt);
  const { object, entry } = envelope.data;
  if (object === undefined || object === 'whatsapp_business_account') {
    for (const item of entry) readEntry(item, found);
  } else {
    found.notice('unknown_object', object);
  }
  return { messages: found.messages, statuses: found.statuses, notices: found.notices };
}

class Findings {
  readonly messages: Message[] = [];
  readonly statuses: Status[] = [];
  readonly notices: Notice[] = [];
  readonly receivedAt: number;

  constructor(receivedAt: number) {
    this.receivedAt = receivedAt;
  }

  /** `detail` is kept only when it looks like a word or code of the platform: nothing that a person wrote gets through. */
  notice(what: string, detail?: unknown): void {
    const fits = typeof detail === 'string' && /^\w+$/.test(detail);
    this.notices.push(fits ? { what, detail: detail.slice(0, 64) } : { what });
  }

  time(timestamp: unknown): number {
    const time = readTimestamp(timestamp, this.receivedAt);
    if (time === undefined) this.notice('no_timestamp');
    return time ?? this.receivedAt;
  }

  /** The array under a key; absent is empty, anything else is a notice. */
  list(items: unknown, name: string): readonly unknown[] {
    if (Array.isArray(items)) return items;
    if (items !== undefined && items !== null) this.notice(`malformed_${name}`);
    return [];
  }
}

function readEntry(item: unknown, found: Findings): void {
  const entry = Entry.safeParse(item);
  if (!entry.success) found.notice('malformed_entry');
  for (const change of entry.data?.changes ?? []) readChange(change, found);
}

function readChange(item: unknown, found: Findings): void {
  const change = Change.safeParse(item);
  const field = change.data?.field;
  if (field === undefined) {
    found.notice('malformed_change');
  } else if (field === 'messages') {
    readValue(change.data?.value, found);
  } else if (field === 'standby' || field === 'messaging_handovers') {
    // Meta's own Business Agent holds the conversation: people write to it and not to us, and an operator must know.
    found.notice(field);
  } else {
    found.notice('unknown_field', field);
  }
}

function readValue(item: unknown, found: Findings): void {
  const value = Value.safeParse(item);
  if (!value.success) {
    found.notice('malformed_value');
    return;
  }
  for (const error of found.list(value.data.errors, 'errors'))
    found.notice('platform_error', errorCode(error));
  const messages = found.list(value.data.messages, 'messages');
  const statuses = found.list(value.data.statuses, 'statuses');
  if (messages.length === 0 && statuses.length === 0) return;
  const number = value.data.metadata?.phone_number_id;
  if (number === undefined) {
    found.notice('no_number');
    return;
  }
  const contacts = readContacts(found.list(value.data.contacts, 'contacts'));
  for (const message of messages) readMessage(message, number, contacts, found);
  for (const status of statuses) readStatus(status, number, found);
}

function readMessage(item: unknown, number: string, contacts: ContactBook, found: Findings): void {
  const message = MessageEntry.safeParse(item);
  if (!message.success) {
    found.notice('malformed_message');
    return;
  }
  const entry = message.data;
  const { content, surprise } = readContent(entry);
  if (surprise !== undefined) found.notice(surprise, entry.type);
  for (const error of found.list(entry.errors, 'errors')) found.notice('message_error', errorCode(error));
  const person = readPerson(entry, contacts);
  if (person === undefined) {
    found.notice('no_sender', entry.type);
    return;
  }
  const sentAt = found.time(entry.timestamp);
  const isTimed = readTimestamp(entry.timestamp, found.receivedAt) !== undefined;
  found.messages.push({
    id: entry.id,
    channel: 'meta',
    number,
    person: isTimed ? person : withoutChange(person),
    sentAt,
    content,
  });
}

/** A change without a time cannot be told from one that was replayed long after, so nobody follows it. */
function withoutChange({ formerly: _, ...person }: Person): Person {
  return person;
}

const PROGRESS: ReadonlyMap<string | undefined, Progress> = new Map(
  (['sent', 'delivered', 'read', 'played', 'failed'] as const).map((word) => [word, word]),
);

function readStatus(item: unknown, number: string, found: Findings): void {
  const status = StatusEntry.safeParse(item);
  if (!status.success) {
    found.notice('malformed_status');
    return;
  }
  const { id, status: word, timestamp, biz_opaque_callback_data: key, errors } = status.data;
  const progress = PROGRESS.get(word) ?? 'other';
  if (progress === 'other') found.notice('unknown_status', word);
  const [code] = found.list(errors, 'errors').map(errorCode);
  found.statuses.push({
    channel: 'meta',
    number,
    platformId: id,
    ...(key !== undefined && key !== '' && { key }),
    progress,
    at: found.time(timestamp),
    ...(code !== undefined && { code }),
  });
}
