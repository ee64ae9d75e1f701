import type { Person } from '../people.ts';
import type { Random } from '../random.ts';
import type { Update } from './outbox.ts';

export interface MetaUpdate extends Update {
  /** Absent for a `failed` status, as at Meta. */
  readonly contact?: Record<string, unknown>;
  readonly json: Record<string, unknown>;
}

export interface Message {
  readonly id: string;
  readonly at: number;
  /** The fields that depend on the kind: `type`, the object of that name, `context`. */
  readonly part: Record<string, unknown>;
}

export function messageUpdate(person: Person, { id, at, part }: Message): MetaUpdate {
  return {
    kind: 'messages',
    person: person.id,
    id,
    contact: contact(person),
    json: { ...fromPhone(person), from_user_id: person.userId, id, timestamp: seconds(at), ...part },
  };
}

/**
 * A system message has no sender and so no contact (Meta, "System messages webhook reference"). `from` is the former
 * number, and absent when only the user id changes (`hasNumber` is false). `before` is the person before the change.
 */
export function systemUpdate(before: Person, { id, at, part }: Message, hasNumber: boolean): MetaUpdate {
  const from = hasNumber && before.phone !== undefined ? { from: before.phone } : {};
  return {
    kind: 'messages',
    person: before.id,
    id,
    json: { ...from, id, timestamp: seconds(at), ...part },
  };
}

export interface StatusReport {
  readonly id: string;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly at: number;
  readonly key?: string;
  /** Why it failed. */
  readonly error?: Record<string, unknown>;
}

export function statusUpdate(person: Person, { id, status, at, key, error }: StatusReport): MetaUpdate {
  const to = shownPhone(person);
  const priced = status === 'sent' || status === 'delivered';
  return {
    kind: 'statuses',
    person: person.id,
    id,
    ...(status === 'failed' ? {} : { contact: contact(person) }),
    json: {
      id,
      status,
      timestamp: seconds(at),
      ...(to === undefined ? {} : { recipient_id: to }),
      recipient_user_id: person.userId,
      ...(key === undefined ? {} : { biz_opaque_callback_data: key }),
      ...(priced ? { pricing: PRICING } : {}),
      ...(error === undefined ? {} : { errors: [error] }),
    },
  };
}

/** The account of the webhooks, as in `SimulatorOptions`. */
export interface Account {
  readonly number: string;
  readonly displayNumber: string;
  readonly businessAccount: string;
}

const PRICING = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' };

/**
 * Returns one delivery for all updates, in their order. Entries and changes are split at random, since Meta promises
 * nothing about it. Messages and statuses stand in different changes.
 */
export function deliveryJson(account: Account, updates: readonly MetaUpdate[], random: Random): unknown {
  const entries: Record<string, unknown>[][] = [[]];
  for (const change of splitIntoChanges(updates, random)) {
    if (entries.at(-1)?.length && random() < 0.3) entries.push([]);
    entries.at(-1)?.push({ value: changeValue(account, change), field: 'messages' });
  }
  return {
    object: 'whatsapp_business_account',
    entry: entries.map((changes) => ({ id: account.businessAccount, changes })),
  };
}

function splitIntoChanges(updates: readonly MetaUpdate[], random: Random): MetaUpdate[][] {
  const changes: MetaUpdate[][] = [];
  for (const update of updates) {
    const last = changes.at(-1);
    if (last?.[0]?.kind === update.kind && random() < 0.7) last.push(update);
    else changes.push([update]);
  }
  return changes;
}

function changeValue(account: Account, updates: readonly MetaUpdate[]): Record<string, unknown> {
  const kind = updates[0]?.kind ?? 'messages';
  const contacts = new Map<string, unknown>();
  for (const { person, contact } of updates) if (contact) contacts.set(person, contact);
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: account.displayNumber, phone_number_id: account.number },
    ...(contacts.size > 0 ? { contacts: [...contacts.values()] } : {}),
    [kind]: updates.map(({ json }) => json),
  };
}

function contact(person: Person): Record<string, unknown> {
  const phone = shownPhone(person);
  return {
    profile: { name: person.name, ...(person.username ? { username: person.username } : {}) },
    ...(phone === undefined ? {} : { wa_id: phone }),
    user_id: person.userId,
  };
}

function fromPhone(person: Person): Record<string, unknown> {
  const from = shownPhone(person);
  return from === undefined ? {} : { from };
}

function shownPhone({ phone, userId, hiding }: Person): string | undefined {
  if (phone !== undefined) return phone;
  return { absent: undefined, empty: '', user_id: userId }[hiding];
}

function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}
