import { z } from 'zod';

/**
 * Lenient schemas of a delivery: only the keys that are used, and each part on its own, so that one malformed part does not
 * affect the others. Source: Meta, "Webhooks, overview" and "messages webhook reference".
 *
 * The schemas must drop unknown keys: copying them would copy `__proto__` too.
 */

/** A string; anything else counts as absent. */
const word = z.string().optional().catch(undefined);
const anything = z.unknown().optional();

/** An object of known shape; any other value counts as absent. */
function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

/** Ids become keys in the store; Meta's have 60 to 100 characters. */
const id = z.string().min(1).max(512);

export const Envelope = z.object({ object: anything, entry: z.array(z.unknown()) });
export const Entry = z.object({ changes: z.array(z.unknown()) });
export const Change = z.object({ field: anything, value: anything });

export const Value = z.object({
  metadata: part({ phone_number_id: z.string().min(1), display_phone_number: word }),
  contacts: anything,
  messages: anything,
  statuses: anything,
  errors: anything,
});

export const ContactEntry = z.object({ wa_id: word, user_id: word });

/** The content of a message, by its type. */
const body = {
  type: word,
  text: part({ body: z.string() }),
  button: part({ text: z.string(), payload: word }),
  interactive: part({
    type: word,
    button_reply: part({ id: word, title: z.string() }),
    list_reply: part({ id: word, title: z.string(), description: word }),
  }),
  unsupported: part({ type: z.string() }),
};
const MessageBody = z.object(body);
export type MessageBody = z.infer<typeof MessageBody>;

export const MessageEntry = z.object({
  id,
  ...body,
  timestamp: anything,
  from: word,
  from_user_id: word,
  group_id: word,
  /** A forwarded message, and an enquiry about a product, have a context without an id. */
  context: part({ id: id.optional().catch(undefined), forwarded: anything, frequently_forwarded: anything }),
  errors: anything,
  edit: anything,
  revoke: anything,
  system: part({
    type: word,
    body: word,
    wa_id: word,
    new_wa_id: word,
    customer: word,
    user_id: word,
    previous_user_id: word,
    previous_parent_user_id: word,
  }),
});
export type MessageEntry = z.infer<typeof MessageEntry>;

/** Meta, "smb_message_echoes webhook reference". */
export const EchoValue = z.object({
  metadata: part({ phone_number_id: z.string().min(1), display_phone_number: word }),
  contacts: anything,
  message_echoes: anything,
});
export const EchoEntry = z.object({
  id,
  type: word,
  timestamp: anything,
  to: word,
  to_user_id: word,
  group_id: word,
});
export type EchoEntry = z.infer<typeof EchoEntry>;

/** Meta, "Edit messages webhook reference": any type of message, with its new content. */
export const Edit = z.object({ original_message_id: id, message: MessageBody });
export const Revoke = z.object({ original_message_id: id });

export const StatusEntry = z.object({
  id,
  status: word,
  timestamp: anything,
  biz_opaque_callback_data: word,
  recipient_id: word,
  pricing: anything,
  errors: anything,
});
export type StatusEntry = z.infer<typeof StatusEntry>;

export const PricingEntry = z.object({
  billable: z.boolean().optional().catch(undefined),
  pricing_model: word,
  type: word,
  category: word,
});

const ErrorEntry = z.object({
  code: z.union([z.number().int(), z.string().regex(/^\w{1,64}$/)]),
});

/**
 * Returns false for items without the required key `name`. A cheap check in front of the schemas: a body of 4 MiB may hold
 * a million useless items.
 */
export function mayHave(item: unknown, name: 'id' | 'changes' | 'code' | 'value'): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const value: unknown = Reflect.get(item, name);
  return name === 'id' ? typeof value === 'string' : value !== undefined;
}

/** Returns the code of one entry of an `errors` array, if it has one. */
export function errorCode(entry: unknown): string | undefined {
  if (!mayHave(entry, 'code')) return undefined;
  const read = ErrorEntry.safeParse(entry);
  return read.success ? String(read.data.code) : undefined;
}

/** In 2001: earlier than any message, and greater than any small number that is not a time. */
const EARLIEST_SECONDS = 1_000_000_000;
const CLOCK_SKEW_SECONDS = 86_400;

/**
 * Returns Meta's `timestamp`, a string of seconds since 1970, in milliseconds; undefined when it is missing or implausible:
 * before 2001, or more than a day after `receivedAt`.
 */
export function readTimestamp(timestamp: unknown, receivedAt: number): number | undefined {
  if (typeof timestamp !== 'number' && !(typeof timestamp === 'string' && /^\d{1,12}$/.test(timestamp)))
    return;
  const seconds = Math.floor(Number(timestamp));
  const possible = seconds >= EARLIEST_SECONDS && seconds <= receivedAt / 1000 + CLOCK_SKEW_SECONDS;
  return possible ? seconds * 1000 : undefined;
}
