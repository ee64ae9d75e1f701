import { BadRequest } from '../bad-request.ts';
import type { Bubble, Chat, Chats } from '../chats.ts';
import { type Content, forwardedOf } from '../content/person.ts';
import type { Media } from '../media.ts';
import type { SimulatorOptions } from '../options.ts';
import { addressOf } from './address.ts';
import { mediaUrl } from './media.ts';
import type { Fields } from './request.ts';

/** Sent without a value when a message has no use for them; Twilio leaves some of them out, and others not. */
const BLANK = {
  ButtonText: '',
  ButtonPayload: '',
  Latitude: '',
  Longitude: '',
  Address: '',
  Label: '',
  Forwarded: '',
  FrequentlyForwarded: '',
  OriginalRepliedMessageSid: '',
  OriginalRepliedMessageSender: '',
  ReferralNumMedia: '0',
  ReferralBody: '',
  ReferralHeadline: '',
  ReferralSourceId: '',
  ReferralSourceType: '',
  ReferralSourceUrl: '',
};

const VCARD = 'text/vcard';

/** Kinds that Twilio does not pass on. */
const NOT_DELIVERED: readonly Content['kind'][] = [
  'reaction',
  'edit',
  'revoke',
  'order',
  'flow',
  'unsupported',
];

/** Throws `BadRequest` for content that Twilio does not deliver. */
export function checkDelivered({ kind }: Content): void {
  if (NOT_DELIVERED.includes(kind)) throw new BadRequest(`Twilio delivers no ${kind}`);
}

interface Inbound {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly media: Media;
}

/** Returns the form of a person's message (Twilio, "Request to your webhook URL"; A new field may appear any time). */
export function inboundFields(
  { options, chats, media }: Inbound,
  { person }: Chat,
  { id, to }: Bubble,
  content: Content,
): Fields {
  const { accountSid, number } = options.twilio;
  const own = to !== undefined && chats.bubble(to)?.by === 'person';
  const from = addressOf(person);
  const business = `whatsapp:${number}`;
  const forwarded = forwardedOf(content);
  return {
    SmsMessageSid: id,
    SmsSid: id,
    MessageSid: id,
    AccountSid: accountSid,
    MessagingServiceSid: '',
    ApiVersion: '2010-04-01',
    SmsStatus: 'received',
    From: from,
    To: business,
    ProfileName: person.name,
    WaId: person.phone ?? '',
    ExternalUserId: `whatsapp:${person.userId}`,
    NumSegments: '1',
    NumMedia: '0',
    Body: '',
    ...BLANK,
    ...(forwarded === 'once' ? { Forwarded: 'true' } : {}),
    ...(forwarded === 'often' ? { FrequentlyForwarded: 'true' } : {}),
    ...(to === undefined
      ? {}
      : { OriginalRepliedMessageSid: to, OriginalRepliedMessageSender: own ? from : business }),
    ...contentFields(content, media, accountSid, id),
  };
}

function contentFields(content: Content, media: Media, accountSid: string, id: string): Fields {
  switch (content.kind) {
    case 'text':
      return { MessageType: 'text', Body: content.text };
    case 'button':
      return buttonFields(content.text, content.id ?? 'choice');
    case 'quick_reply':
      return buttonFields(content.text, content.payload ?? content.text);
    case 'list':
      return {
        MessageType: 'interactive',
        Body: content.text,
        ListId: content.id ?? 'choice',
        ListTitle: content.text,
        ListDescription: content.description ?? '',
      };
    case 'location': {
      const { latitude = 21.4225, longitude = 39.8262, name = '', address = '' } = content;
      return {
        MessageType: 'location',
        Latitude: String(latitude),
        Longitude: String(longitude),
        Label: name,
        Address: address,
      };
    }
    case 'contacts':
      return mediaFields('contacts', VCARD, mediaUrl(media, accountSid, id, media.sample('document')));
    case 'image':
    case 'video':
    case 'document':
    case 'audio':
    case 'sticker': {
      const file = media.sample(content.kind);
      const url = mediaUrl(media, accountSid, id, file);
      // A document without a caption has its file name as text.
      const caption = 'text' in content && content.text !== undefined ? content.text : (file.name ?? '');
      return { ...mediaFields(content.kind, file.mime, url), Body: caption };
    }
    default:
      throw new BadRequest(`Twilio delivers no ${content.kind}`);
  }
}

function buttonFields(text: string, payload: string): Fields {
  return { MessageType: 'button', Body: text, ButtonText: text, ButtonPayload: payload };
}

function mediaFields(type: string, mime: string, url: string): Fields {
  return { MessageType: type, NumMedia: '1', MediaContentType0: mime, MediaUrl0: url };
}
