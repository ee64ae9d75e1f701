import { identify, isUnknown, isUserId } from '../../domain/identities.ts';
import type { Person } from '../../domain/message.ts';
import { ContactEntry, type EchoEntry, type MessageEntry } from './envelope.ts';

/** The contacts of a change, to look up a person's other identity. */
export interface ContactBook {
  readonly byIdentity: ReadonlyMap<string, Person>;
  /** The contact, when there is only one. */
  readonly only: Person | undefined;
}

/** Indexes the contacts in one pass, so that a thousand messages need no thousand searches. */
export function readContacts(contacts: readonly unknown[]): ContactBook {
  const byIdentity = new Map<string, Person>();
  let only: Person | undefined;
  for (const contact of contacts) {
    const read = ContactEntry.safeParse(contact);
    if (!read.success) continue;
    const identities = identify([read.data.wa_id, read.data.user_id]);
    if (contacts.length === 1) only = identities;
    for (const identity of [identities.phone, identities.userId]) {
      if (identity !== undefined && !byIdentity.has(identity)) byIdentity.set(identity, identities);
    }
  }
  return { byIdentity, only };
}

/**
 * Returns the sender of a message; undefined when it names none. A message without a sender is from the only contact in its
 * change. `parent_user_id` is not read where a user id is expected: a person has one strong identity, and a second one
 * could contradict it.
 */
export function readPerson(message: MessageEntry, { byIdentity, only }: ContactBook): Person | undefined {
  const shown = identify([message.from, message.from_user_id]);
  const sender = isUnknown(shown) ? (only ?? shown) : shown;
  const contact = { ...byIdentity.get(sender.phone ?? ''), ...byIdentity.get(sender.userId ?? '') };
  const person =
    message.system === undefined
      ? { ...contact, ...sender }
      : afterChange({ ...contact, ...sender }, message.system, byIdentity);
  return isUnknown(person) ? undefined : person;
}

/** Returns whom the business wrote to in its app; undefined when the message has no recipient. */
export function readRecipient(echo: EchoEntry, { byIdentity, only }: ContactBook): Person | undefined {
  const named = identify([echo.to, echo.to_user_id]);
  const recipient = isUnknown(named) ? (only ?? named) : named;
  const { phone = '', userId = '' } = recipient;
  const person = { ...byIdentity.get(phone), ...byIdentity.get(userId), ...recipient };
  return isUnknown(person) ? undefined : person;
}

/**
 * `user_changed_number` and `user_changed_user_id`: the message comes from the old identity, or has no sender, and names
 * the new identity. Replaced identities become `formerly`. A new number comes with a new user id, so the user id of the old
 * number is replaced too, unless it is named as the new one.
 */
function afterChange(
  sender: Person,
  system: NonNullable<MessageEntry['system']>,
  contacts: ContactBook['byIdentity'],
): Person {
  const named = identify([system.new_wa_id, system.wa_id, system.user_id]);
  const oldPhone = sender.phone ?? identify([system.customer]).phone;
  const moves = named.phone !== undefined && oldPhone !== undefined && named.phone !== oldPhone;
  const ids = system.type === 'user_changed_user_id' ? userIdsIn(system.body) : [];
  const phone = named.phone ?? oldPhone;
  const beside = contacts.get(phone ?? '')?.userId;
  const userId = named.userId ?? ids.at(-1) ?? (moves ? beside : sender.userId);

  const before = [system.previous_user_id, system.previous_parent_user_id].filter(isUserId);
  if (before.length === 0) before.push(...ids.filter((id) => id !== userId).slice(-1));
  const replaced = [moves ? oldPhone : undefined, sender.userId, ...before];
  const formerly = new Set(
    replaced.filter((identity) => identity !== undefined && identity !== phone && identity !== userId),
  );
  const now = { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) };
  return formerly.size === 0 ? now : { ...now, formerly: [...formerly] as string[] };
}

/**
 * Returns the user ids in "User NAME changed from OLD to NEW", in this order: the last two, since the name is chosen by the
 * person and may look like a user id.
 */
function userIdsIn(sentence = ''): string[] {
  return sentence
    .split(/[^A-Za-z0-9.]+/)
    .map((word) => word.replace(/\.+$/, ''))
    .filter(isUserId)
    .slice(-2);
}
