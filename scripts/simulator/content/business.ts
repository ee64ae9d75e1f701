import { z } from 'zod';

export const MEDIA_KINDS = ['image', 'video', 'document', 'audio', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

const optional = z.string().exactOptional();

/** An uploaded file (`media`), or a link, which the simulator never fetches. `name`: file name of a document. */
const attachment = { media: optional, link: optional, name: optional };
const attachmentSchema = z.object(attachment).readonly();
export type Attachment = z.infer<typeof attachmentSchema>;

/** `section`: the title of its section. */
const rowSchema = z
  .object({ section: optional, id: z.string(), title: z.string(), description: optional })
  .readonly();
export type Row = z.infer<typeof rowSchema>;

const label = z.string();

/** A button or list that the person can tap, and what tapping it sends. */
const tapSchema = z
  .discriminatedUnion('sends', [
    z.object({ sends: z.enum(['button', 'quick_reply']), label, id: z.string() }),
    z.object({ sends: z.literal('list'), label, rows: z.array(rowSchema).readonly() }),
    z.object({ sends: z.literal('flow'), label, token: optional }),
    z.object({ sends: z.enum(['location', 'contacts', 'order']), label }),
    z.object({ sends: z.literal('nothing'), label, url: optional }),
  ])
  .readonly();
export type Tap = z.infer<typeof tapSchema>;

/** Every kind of message that a business can send. */
export const businessContentSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.enum(MEDIA_KINDS), text: optional, ...attachment }),
    z.object({
      kind: z.literal('location'),
      latitude: z.number(),
      longitude: z.number(),
      name: optional,
      address: optional,
    }),
    z.object({ kind: z.literal('contacts'), names: z.array(z.string()).readonly() }),
    z.object({ kind: z.literal('reaction'), to: z.string(), emoji: z.string() }),
    /** Interactive messages and templates. */
    z.object({
      kind: z.enum(['interactive', 'template']),
      text: z.string(),
      header: optional,
      picture: z.object({ kind: z.enum(MEDIA_KINDS), ...attachment }).exactOptional(),
      footer: optional,
      taps: z.array(tapSchema).readonly(),
    }),
  ])
  .readonly();
export type BusinessContent = z.infer<typeof businessContentSchema>;
