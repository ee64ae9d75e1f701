import type { Person } from '../../conversation/message.ts';
import { ContactEntry, type MessageEntry } from './envelope.ts';

/** Digits, as in `wa_id`; Meta writes them without `+`, other senders of the same payload do not. */
const PHONE = /^\+?(\d{4,20})$/;
/** Meta, "Business-scoped user IDs": country, dot, up to 128 letters and digits; `ENT.` for a parent's. */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Finds a person's other identity in the contacts of a change, by either one. */
export type ContactBook = ReadonlyMap<string, Person>;

/** One pass over the contacts, so that a thousand messages find theirs without a thousand searches. */
export function readContacts(contacts: readonly unknown[]): ContactBook {
  const book = new Map<string, Person>();
  for (const contact of contacts) {
    const read = ContactEntry.safeParse(contact);
    if (!read.success) continue;
    const identities = identify([read.data.wa_id, read.data.user_id]);
    for (const identity of [identities.phone, identities.userId]) {
      if (identity !== undefined && !book.has(identity)) book.set(identity, identities);
    }
  }
  return book;
}

/** Who sent a message; undefined when it names nobody. */
export function readPerson(message: MessageEntry, contacts: ContactBook): Person | undefined {
  const sender = identify([message.from, message.from_user_id]);
  const person = message.system === undefined ? sender : afterChange(sender, message.system);
  if (person.phone === undefined && person.userId === undefined) return undefined;
  return { ...contacts.get(person.phone ?? ''), ...contacts.get(person.userId ?? ''), ...person };
}

/**
 * The first phone number and the first user id among the words. By their pattern and not by the name of their field:
 * where Meta hides a number, its field is absent, empty, or holds the user id.
 */
function identify(words: readonly (string | undefined)[]): Person {
  let phone: string | undefined;
  let userId: string | undefined;
  for (const word of words) {
    if (word === undefined) continue;
    phone ??= PHONE.exec(word)?.[1];
    if (USER_ID.test(word)) userId ??= word;
  }
  return { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) };
}

/**
 * `user_changed_number` and `user_changed_user_id`: the message comes from the old identity and names the new one. What
 * is replaced becomes `formerly`; what is not stays.
 */
function afterChange(sender: Person, system: NonNullable<MessageEntry['system']>): Person {
  const now = { ...sender, ...identify([system.wa_id, system.new_wa_id, system.user_id]) };
  const replaced = new Set<string>();
  for (const identity of [sender.phone, sender.userId, identify([system.previous_user_id]).userId]) {
    if (identity === undefined || identity === now.phone || identity === now.userId) continue;
    replaced.add(identity);
  }
  return replaced.size === 0 ? now : { ...now, formerly: [...replaced] };
}
