import { expect } from 'vitest';
import type { Content } from '#scripts/simulator/content/person.ts';

export const NUMBER = '100000000000001';
export const ACCOUNT = '200000000000002';
export const AMINA = '15550000001';
export const NOOR = 'US.13491208655302741918';

/** Returns one message of each kind that a person can send. */
export function contents(text: string, reply: string): readonly Content[] {
  return [
    { kind: 'text', text: 'to that', to: reply },
    { kind: 'button', text: 'Yes', id: 'y' },
    { kind: 'quick_reply', text: 'Go on', payload: 'p', to: reply },
    { kind: 'list', text: 'Prayer', id: 'a', description: 'Daily' },
    { kind: 'flow', response: { flow_token: 't', rating: '5' }, to: reply },
    { kind: 'order', text: 'please' },
    { kind: 'reaction', to: reply, emoji: '👍' },
    { kind: 'reaction', to: reply },
    { kind: 'image', text: 'a picture' },
    { kind: 'video' },
    { kind: 'audio' },
    { kind: 'document' },
    { kind: 'sticker' },
    { kind: 'location', name: 'Makkah' },
    { kind: 'contacts' },
    { kind: 'unsupported' },
    { kind: 'edit', to: text, text: 'other words' },
    { kind: 'revoke', to: text },
  ];
}

/** Returns what pywa parses: the text before, then each message, then Noor's and the change of number. */
export function readUpdates(
  text: string,
  reply: string,
): readonly (readonly [string, Record<string, unknown>])[] {
  const quoted = { reply_to_message: { id: reply, from_user_id: '15550009999', referred_product: null } };
  const message = (type: string, more: Record<string, unknown> = {}) =>
    ['Message', { type, ...more }] as const;
  const has = (values: Record<string, unknown>) => expect.objectContaining(values);
  return [
    message('text', { id: text, text: 'السلام عليكم / a@b', reply_to_message: null }),
    message('text', { text: 'to that', ...quoted }),
    ['CallbackButton', { type: 'interactive', data: 'y', title: 'Yes', ...quoted }],
    ['CallbackButton', { type: 'button', data: 'p', title: 'Go on', ...quoted }],
    ['CallbackSelection', { data: 'a', title: 'Prayer', description: 'Daily', ...quoted }],
    ['FlowCompletion', { token: 't', body: 'Sent', ...quoted }],
    message('order', { order: has({ text: 'please' }) }),
    message('reaction', { reaction: { message_id: reply, emoji: '👍' } }),
    message('reaction', { reaction: { message_id: reply, emoji: null } }),
    message('image', { image: has({ mime_type: 'image/jpeg', caption: 'a picture' }) }),
    message('video', { video: has({ mime_type: 'video/mp4' }) }),
    message('audio', { audio: has({ voice: true }) }),
    message('document', { document: has({ filename: 'a.pdf' }) }),
    message('sticker', { sticker: has({ mime_type: 'image/webp' }) }),
    message('location', { location: has({ name: 'Makkah', latitude: 21.4225 }) }),
    message('contacts', { contacts: [has({ name: has({ formatted_name: 'A Friend' }) })] }),
    message('unsupported', { unsupported: { type: 'poll' }, error: expect.anything() }),
    ['EditedMessage', { original_message_id: text, message: has({ text: 'other words' }) }],
    ['DeletedMessage', { original_message_id: text }],
    message('text', { from_user: has({ bsuid: NOOR, wa_id: null, username: 'noor.writes' }) }),
    [
      'PhoneNumberChange',
      { old_wa_id: AMINA, new_wa_id: '15550000077', new_user_id: expect.stringMatching(/^US\./) },
    ],
  ];
}

/** The kinds of the replies that the person has received. */
export const SENT_KINDS = [
  ...['audio', 'contacts', 'document', 'image', 'interactive', 'location'],
  ...['reaction', 'sticker', 'template', 'text', 'video'],
];

/** The result of each call: `true`, a value of the response, or the error that pywa raised. */
export const CALLS: Readonly<Record<string, unknown>> = {
  get_business_phone_number: '+1 555-000-9999',
  get_business_phone_numbers: [NUMBER],
  get_business_account: [ACCOUNT, 'USD'],
  get_business_profile: 'NONPROFIT',
  update_business_profile: true,
  'get_business_profile again': ['Peace', ['https://ansari.chat/']],
  update_display_name: true,
  get_business_phone_number_settings: true,
  register_phone_number: true,
  get_app_access_token: true,
  send_message: true,
  'send_message as a reply': true,
  mark_message_as_read: true,
  indicate_typing: true,
  'send_image by link': true,
  upload_media: true,
  'send_image by id': true,
  'send_image by bytes, with buttons': true,
  send_video: true,
  send_document: true,
  send_audio: true,
  send_voice: true,
  send_sticker: true,
  send_reaction: true,
  remove_reaction: true,
  send_location: true,
  request_location: true,
  request_contact_info: true,
  send_contact: true,
  'send_message with buttons': true,
  'send_message with a list': true,
  'send_message with a link': true,
  'send_message with a form': true,
  send_template: true,
  send_products: true,
  get_templates: ['hello_world', 'welcome_back'],
  get_media_url: ['image/png', 67],
  get_media_bytes: true,
  download_media: ['a.png', true],
  delete_media: true,
  'get_media_url of nothing': { error: 100, type: 'WhatsAppError' },
  'send_message that is too long': { error: 100, type: 'WhatsAppError' },
  'send_message with long buttons': { error: 131009, type: 'InvalidParameter' },
  'send_message to nobody': { error: 131026, type: 'MessageUndeliverable' },
  get_qr_codes: { error: 100, type: 'WhatsAppError' },
  'send_message with a bad token': { error: 190, type: 'ExpiredAccessToken' },
};
