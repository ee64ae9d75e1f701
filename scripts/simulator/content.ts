import { z } from 'zod';

const text = z.string().min(1).max(65_536);

/** What a person can send, apart from words: kinds that a business may or may not be able to read. */
const KINDS = [
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'unsupported',
] as const;

export const contentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text }),
  /** The title of a button or list entry, tapped. */
  z.strictObject({ kind: z.enum(['button', 'list']), text }),
  /** An emoji on a bubble; none takes it away. */
  z.strictObject({ kind: z.literal('reaction'), to: z.string(), emoji: z.string().optional() }),
  z.strictObject({ kind: z.enum(KINDS) }),
]);
export type Content = z.infer<typeof contentSchema>;

const MEDIA = {
  id: '1166846181421424',
  sha256: 'Q2FsbSB3YXRlciBydW5zIGRlZXAsIG5vIGhhc2ggaGVyZQ=',
} as const;

/** The part of a message that differs by kind, as Meta's "messages webhook reference" shows it. */
export function contentJson(content: Content): Record<string, unknown> {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text } };
    case 'button':
      return interactive({ type: 'button_reply', button_reply: { id: 'choice', title: content.text } });
    case 'list':
      return interactive({ type: 'list_reply', list_reply: { id: 'choice', title: content.text } });
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.to, emoji: content.emoji ?? '' } };
    case 'image':
      return { type: 'image', image: { ...MEDIA, mime_type: 'image/jpeg' } };
    case 'audio':
      return { type: 'audio', audio: { ...MEDIA, mime_type: 'audio/ogg; codecs=opus', voice: true } };
    case 'video':
      return { type: 'video', video: { ...MEDIA, mime_type: 'video/mp4' } };
    case 'document':
      return { type: 'document', document: { ...MEDIA, mime_type: 'application/pdf', filename: 'a.pdf' } };
    case 'sticker':
      return { type: 'sticker', sticker: { ...MEDIA, mime_type: 'image/webp', animated: false } };
    case 'location':
      return { type: 'location', location: { latitude: 21.4225, longitude: 39.8262 } };
    case 'contacts':
      return { type: 'contacts', contacts: [{ name: { formatted_name: 'A friend', first_name: 'A' } }] };
    case 'unsupported':
      return { type: 'unsupported', errors: [UNSUPPORTED], unsupported: { type: 'poll' } };
  }
}

const UNSUPPORTED = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
};

function interactive(reply: Record<string, unknown>): Record<string, unknown> {
  return { type: 'interactive', interactive: reply };
}
