import { z } from 'zod';
import { parseJson } from '../../../app/json.ts';
import type { ChannelName } from '../options.ts';
import type { Person } from '../people.ts';

const item = z.looseObject({ id: z.string() });
const contact = z.looseObject({ wa_id: z.string().optional(), user_id: z.string().optional() });
const value = z.looseObject({
  messages: z.array(item).optional(),
  statuses: z.unknown().optional(),
  contacts: z.array(contact).optional(),
});
const change = z.looseObject({ value });
const deliverySchema = z.looseObject({ entry: z.array(z.looseObject({ changes: z.array(change) })) });

type Body = Readonly<Record<string, unknown>>;

/**
 * Returns the body of a delivery without statuses, which belong to replies of that time, and without other people;
 * undefined when nothing is left. `own`: ids of the person's messages.
 */
export function ownPartOf(
  body: string,
  channel: ChannelName,
  person: Person,
  own: ReadonlySet<string>,
): Body | undefined {
  if (channel === 'twilio') {
    const form = new URLSearchParams(body);
    return own.has(form.get('MessageSid') ?? '') ? Object.fromEntries(form) : undefined;
  }
  const delivery = deliverySchema.safeParse(parseJson(body)).data;
  if (delivery === undefined) return undefined;
  const entry = delivery.entry
    .map((one) => ({ ...one, changes: one.changes.flatMap((change) => ownChange(change, person, own)) }))
    .filter(({ changes }) => changes.length > 0);
  return entry.length === 0 ? undefined : { ...delivery, entry };
}

function ownChange(
  change: z.infer<typeof deliverySchema>['entry'][number]['changes'][number],
  person: Person,
  own: ReadonlySet<string>,
) {
  const { statuses: _, contacts, messages = [], ...rest } = change.value;
  const kept = messages.filter(({ id }) => own.has(id));
  if (kept.length === 0) return [];
  const ownContacts = contacts?.filter(
    ({ wa_id, user_id }) => wa_id === person.id || user_id === person.userId,
  );
  return [{ ...change, value: { ...rest, ...(ownContacts && { contacts: ownContacts }), messages: kept } }];
}

const PREFIXES = ['', '+', 'whatsapp:+', 'whatsapp:'];

/** Returns the body with other ids, phone numbers and user ids, and with the times of Meta's messages at `now`. */
export function rewritten(body: Body, names: ReadonlyMap<string, string>, now: number): Body {
  const seconds = String(Math.floor(now / 1_000));
  const text = (given: string): string => {
    for (const prefix of PREFIXES) {
      const other = given.startsWith(prefix) ? names.get(given.slice(prefix.length)) : undefined;
      if (other !== undefined) return `${prefix}${other}`;
    }
    return given;
  };
  const changed = JSON.stringify(body, (key, one: unknown) => {
    if (typeof one !== 'string') return one;
    return key === 'timestamp' ? seconds : text(one);
  });
  return z.record(z.string(), z.unknown()).parse(parseJson(changed));
}
