import { type Content, contentJson } from '../content.ts';
import type { Person } from '../people.ts';
import type { Random } from '../random.ts';

/** One thing that a delivery reports. */
export interface Update {
  readonly kind: 'messages' | 'statuses';
  /** `Person.id` of whom it is about. */
  readonly person: string;
  /** The message's id, or that of the bubble that the status is about. */
  readonly id: string;
  /** Absent where Meta leaves it out: with `failed`. */
  readonly contact?: Record<string, unknown>;
  readonly json: Record<string, unknown>;
}

export interface Sender {
  readonly id: string;
  readonly at: number;
  readonly content: Content;
}

export function messageUpdate(person: Person, { id, at, content }: Sender): Update {
  const from = shownPhone(person);
  return {
    kind: 'messages',
    person: person.id,
    id,
    contact: contact(person),
    json: {
      ...(from === undefined ? {} : { from }),
      from_user_id: person.userId,
      id,
      timestamp: seconds(at),
      ...contentJson(content),
    },
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

export function statusUpdate(person: Person, { id, status, at, key, error }: StatusReport): Update {
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

const PRICING = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' };

/**
 * One delivery for all of the updates, in their order. Where one entry or change ends and the next begins is chance,
 * as nothing is promised about it; messages and statuses stand in different changes.
 */
export function deliveryJson(number: string, updates: readonly Update[], random: Random): unknown {
  const entries: Record<string, unknown>[][] = [[]];
  for (const run of runs(updates, random)) {
    if (entries.at(-1)?.length && random() < 0.3) entries.push([]);
    entries.at(-1)?.push({ value: changeValue(number, run), field: 'messages' });
  }
  return {
    object: 'whatsapp_business_account',
    entry: entries.map((changes) => ({ id: '200000000000002', changes })),
  };
}

function runs(updates: readonly Update[], random: Random): Update[][] {
  const found: Update[][] = [];
  for (const update of updates) {
    const last = found.at(-1);
    if (last?.[0]?.kind === update.kind && random() < 0.7) last.push(update);
    else found.push([update]);
  }
  return found;
}

function changeValue(number: string, updates: readonly Update[]): Record<string, unknown> {
  const kind = updates[0]?.kind ?? 'messages';
  const contacts = new Map<string, unknown>();
  for (const { person, contact } of updates) if (contact) contacts.set(person, contact);
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550009999', phone_number_id: number },
    ...(contacts.size > 0 ? { contacts: [...contacts.values()] } : {}),
    [kind]: updates.map(({ json }) => json),
  };
}

function contact(person: Person): Record<string, unknown> {
  const phone = shownPhone(person);
  return {
    profile: { name: person.name },
    ...(phone === undefined ? {} : { wa_id: phone }),
    user_id: person.userId,
  };
}

function shownPhone({ phone, userId, hiding }: Person): string | undefined {
  if (phone !== undefined) return phone;
  return { absent: undefined, empty: '', user_id: userId }[hiding];
}

function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}
