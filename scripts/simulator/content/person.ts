import { z } from 'zod';

const text = z.string().min(1).max(65_536);
const short = z.string().min(1).max(1_000);
/** A message id. In a reply: the message replied to; default: the newest message of the business. */
const messageId = z.string().min(1).max(512);
const reply = { to: messageId.optional() };
/** `often`: more than five times. */
const forwarded = { forwarded: z.enum(['once', 'often']).optional() };
const caption = { text: text.optional() };

const orderItem = z.strictObject({
  id: short,
  quantity: z.int().min(1).max(1_000_000),
  price: z.number().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency has three capital letters'),
});

const kinds = z.discriminatedUnion('kind', [
  /** With `to` it is a reply that quotes a message. */
  z.strictObject({ kind: z.literal('text'), text, ...reply, ...forwarded }),
  /** A button of an interactive message, tapped. */
  z.strictObject({ kind: z.literal('button'), text: short, id: short.optional(), ...reply }),
  /** A row of a list message, chosen. */
  z.strictObject({
    kind: z.literal('list'),
    text: short,
    id: short.optional(),
    description: short.optional(),
    ...reply,
  }),
  /** A quick reply button of a template, tapped. */
  z.strictObject({ kind: z.literal('quick_reply'), text: short, payload: short.optional(), ...reply }),
  /** A form (Flow), completed. */
  z.strictObject({
    kind: z.literal('flow'),
    text: short.optional(),
    response: z.record(z.string(), z.unknown()).optional(),
    ...reply,
  }),
  /** A shopping cart, sent. */
  z.strictObject({
    kind: z.literal('order'),
    text: text.optional(),
    catalog: short.optional(),
    items: z.array(orderItem).min(1).max(30).optional(),
    ...reply,
  }),
  /** An emoji on a message. Without one it removes the reaction. */
  z.strictObject({ kind: z.literal('reaction'), to: messageId, emoji: z.string().max(64).optional() }),
  /** A new text for an own message. */
  z.strictObject({ kind: z.literal('edit'), to: messageId, text }),
  /** An own message, deleted for everyone. */
  z.strictObject({ kind: z.literal('revoke'), to: messageId }),
  z.strictObject({ kind: z.enum(['image', 'video', 'document']), ...caption, ...reply, ...forwarded }),
  z.strictObject({ kind: z.enum(['audio', 'sticker', 'contacts']), ...reply, ...forwarded }),
  z.strictObject({
    kind: z.literal('location'),
    latitude: z.number().min(-90).max(90).optional(),
    longitude: z.number().min(-180).max(180).optional(),
    name: short.optional(),
    address: short.optional(),
    ...reply,
    ...forwarded,
  }),
  /** A message that the platform does not pass on. `type` as Meta names it: `poll`, `edit`, `view_once`, ... */
  z.strictObject({
    kind: z.literal('unsupported'),
    type: z
      .string()
      .regex(/^[a-z_]{1,40}$/, 'a type has lower-case letters and _ only')
      .optional(),
  }),
]);

/** Every kind of message that a person can send. The simulator delivers all of them, also those that the app ignores. */
export const contentSchema = kinds.refine(
  (content) => forwardedOf(content) === undefined || !('to' in content) || content.to === undefined,
  { error: 'a forwarded message replies to none: leave out `to` or `forwarded`', path: ['forwarded'] },
);
export type Content = z.infer<typeof kinds>;

/** Returns how often the message was forwarded; undefined for one that was not. */
export function forwardedOf(content: Content): 'once' | 'often' | undefined {
  return 'forwarded' in content ? content.forwarded : undefined;
}

/** A change of the person's identity, which WhatsApp reports with a system message, and the text of that message. */
export const changeSchema = z.object({
  kind: z.enum(['changed_number', 'changed_user_id']),
  text: z.string(),
});
export type Change = Readonly<z.infer<typeof changeSchema>>;
