import { type Content, UNREADABLE_KINDS, type UnreadableKind } from '../../domain/message.ts';
import { saidChoice, saidText } from '../../domain/said.ts';

/** These get no reply. Reactions and system messages are no questions; the rest are Meta's names for the same. */
const SILENT_TYPES = new Set(['reaction', 'system', 'request_welcome', 'pin', 'keep_in_chat', 'poll_update']);

/** Types whose content is in the other fields. */
const READABLE_TYPES = new Set(['', 'text', 'button', 'interactive']);

/** Types that WhatsApp itself does not pass on. */
const UNSUPPORTED_TYPES = new Set(['unsupported', 'unknown']);

export interface ReadContent {
  readonly content: Content;
  readonly notice?: 'unknown_type' | 'no_content';
}

/**
 * Returns the content of an inbound message (Twilio, "Request to your incoming message webhook URL"). The same decisions as
 * for Meta's messages: a picture with a caption is a picture, since a reply to the caption alone would pretend that the
 * picture was seen; an unknown type gets no reply, since it may be an action on another message.
 */
export function readContent(form: URLSearchParams): ReadContent {
  const type = (form.get('MessageType') ?? '').toLowerCase();
  if (SILENT_TYPES.has(type)) return silent(type);
  // The reply of a Flow: only its author knows which of the values a person wrote.
  if (form.has('InteractiveData') || form.has('FlowData')) return silent('flow');
  const kind = kindOf(type, form);
  if (kind !== undefined) return unreadable(kind);
  if (UNSUPPORTED_TYPES.has(type)) return unreadable('other');
  if (!READABLE_TYPES.has(type)) return { ...silent('unknown'), notice: 'unknown_type' };
  const content = choiceIn(form) ?? saidText(form.get('Body') ?? undefined);
  return content === undefined ? { ...unreadable('other'), notice: 'no_content' } : { content };
}

/** The name that Twilio gives to the type decides before the media type: a picture may be sent as a file. */
function kindOf(type: string, form: URLSearchParams): UnreadableKind | undefined {
  const named = UNREADABLE_KINDS.find((kind) => kind === type && kind !== 'other');
  if (named !== undefined) return named;
  const media = form.get('MediaContentType0');
  if (media !== null && media !== '') return kindOfMedia(media);
  if (Number(form.get('NumMedia') ?? 0) > 0) return 'other';
  return form.get('Latitude') && form.get('Longitude') ? 'location' : undefined;
}

const CONTACT_TYPES = new Set(['text/vcard', 'text/x-vcard', 'text/directory']);

function kindOfMedia(contentType: string): UnreadableKind {
  const media = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (CONTACT_TYPES.has(media)) return 'contacts';
  // Pictures are JPEG or PNG on WhatsApp, and every sticker is WebP (Meta, "Media, supported media types").
  if (media === 'image/webp') return 'sticker';
  const [family] = media.split('/', 1);
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

/** A tapped button or list entry. `Body` repeats its title. */
function choiceIn(form: URLSearchParams): Content | undefined {
  const title = form.get('ButtonText') ?? form.get('ListTitle');
  if (title === null) return undefined;
  const id = form.get('ButtonPayload') ?? form.get('ListId') ?? undefined;
  const description = form.get('ListDescription') ?? undefined;
  return saidChoice({ ...(id !== '' && { id }), title, description });
}

function unreadable(type: UnreadableKind): ReadContent {
  return { content: { kind: 'unreadable', type } };
}

function silent(type: string): ReadContent {
  return { content: { kind: 'silent', type } };
}
