import type { Delivery, Person, Progress } from '../../domain/message.ts';
import { readContent } from './content.ts';
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
import { Findings } from './findings.ts';
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
    for (const item of found.list(entry, 'entry')) readEntry(item, found);
  } else {
    found.notice('unknown_object', object);
  }
  return found.delivery();
}

function readChange(item: unknown, found: Findings): void {
  const change = Change.safeParse(item).data;
  if (change === undefined) {
    found.notice('malformed_change');
    return;
  }
  const { field, value } = change;
  if (field === 'messages') {
    readValue(value, found);
  } else if (field === undefined && hasUpdates(value)) {
    found.notice('no_field');
    readValue(value, found);
  } else if (typeof field !== 'string') {
    found.notice('malformed_change');
  } else if (field === 'standby' || field === 'messaging_handovers') {
    // Meta's own Business Agent holds the conversation: people write to it and not to us, and an operator must know.
    found.notice(field);
  } else {
    const { what, detail, routine } = readField(field, value);
    found.notice(what, detail, routine);
  }
}

/** Test senders leave the field out; what they send is meant all the same. */
function hasUpdates(value: unknown): boolean {
  if (value === undefined) return false;
  const read = Value.safeParse(value).data;
  return Array.isArray(read?.messages) || Array.isArray(read?.statuses);
}

function readEntry(item: unknown, found: Findings): void {
  const entry = mayHave(item, 'changes') ? Entry.safeParse(item).data : undefined;
  if (entry === undefined) found.notice('malformed_entry');
  for (const change of found.list(entry?.changes, 'changes')) readChange(change, found);
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
  const { metadata } = value.data;
  if (metadata === undefined) {
    found.notice('no_number');
    return;
  }
  const number = metadata.phone_number_id;
  const ownPhone = metadata.display_phone_number?.replaceAll(/\D/g, '');
  const contacts = readContacts(found.list(value.data.contacts, 'contacts'));
  for (const message of messages) readMessage(message, { number, ownPhone, contacts }, found);
  for (const status of statuses) readStatus(status, number, found);
}

interface Circumstances {
  readonly number: string;
  /** The business number as people dial it: digits. */
  readonly ownPhone: string | undefined;
  readonly contacts: ContactBook;
}

function readMessage(item: unknown, { number, ownPhone, contacts }: Circumstances, found: Findings): void {
  const entry = mayHave(item, 'id') ? MessageEntry.safeParse(item).data : undefined;
  if (entry === undefined) {
    found.notice('malformed_message');
    return;
  }
  const { content, surprise, detail } = readContent(entry);
  if (surprise !== undefined) found.notice(surprise, detail ?? entry.type);
  for (const error of found.list(entry.errors, 'errors')) found.notice('message_error', errorCode(error));
  const person = readPerson(entry, contacts);
  if (person === undefined) {
    found.notice('no_sender', entry.type);
    return;
  }
  // An answer to it would be sent to ourselves, which Meta refuses (131021).
  if (person.phone !== undefined && person.phone === ownPhone) {
    found.notice('own_number', entry.type);
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
  const status = mayHave(item, 'id') ? StatusEntry.safeParse(item).data : undefined;
  if (status === undefined) {
    found.notice('malformed_status');
    return;
  }
  const { id, status: word, timestamp, biz_opaque_callback_data: key, errors } = status;
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
