import type { MediaKind } from '../content/business.ts';
import type { Change, Content } from '../content/person.ts';
import type { Media } from '../media.ts';
import type { NewIdentity } from '../roster.ts';

type Json = Record<string, unknown>;

const CATALOG = '400000000000004';
const ORDERED = [{ id: 'dates-500g', quantity: 2, price: 4.5, currency: 'USD' }];

/** The part of a message that differs by kind, as Meta's "messages webhook reference" shows it. */
export function contentJson(content: Content, media: Media): Json {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text } };
    case 'button':
      return interactive('button_reply', { id: content.id ?? 'choice', title: content.text });
    case 'list':
      return interactive('list_reply', {
        id: content.id ?? 'choice',
        title: content.text,
        ...optional({ description: content.description }),
      });
    case 'quick_reply':
      return { type: 'button', button: { payload: content.payload ?? content.text, text: content.text } };
    case 'flow':
      return interactive('nfm_reply', {
        response_json: JSON.stringify(content.response ?? { flow_token: 'unused' }),
        body: content.text ?? 'Sent',
        name: 'flow',
      });
    case 'order':
      return { type: 'order', order: orderJson(content) };
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.to, emoji: content.emoji ?? '' } };
    case 'edit':
      return {
        type: 'edit',
        edit: { original_message_id: content.to, message: { type: 'text', text: { body: content.text } } },
      };
    case 'revoke':
      return { type: 'revoke', revoke: { original_message_id: content.to } };
    case 'image':
    case 'video':
      return file(content.kind, media, { caption: content.text });
    case 'document':
      return file(content.kind, media, { caption: content.text, filename: media.sample('document').name });
    case 'audio':
      return file(content.kind, media, { voice: true });
    case 'sticker':
      return file(content.kind, media, { animated: false });
    case 'location':
      return { type: 'location', location: locationJson(content) };
    case 'contacts':
      return { type: 'contacts', contacts: [FRIEND] };
    case 'unsupported':
      return { type: 'unsupported', errors: [UNSUPPORTED], unsupported: { type: content.type ?? 'poll' } };
  }
}

/** A system message has the new identities and the former user id (Meta, "System messages webhook reference"). */
export function changeJson({ kind, text }: Change, after: NewIdentity, formerUserId: string): Json {
  const phone = kind === 'changed_number' ? { wa_id: after.phone } : {};
  return {
    type: 'system',
    system: {
      body: text,
      type: `user_${kind}`,
      ...phone,
      user_id: after.userId,
      previous_user_id: formerUserId,
    },
  };
}

const FRIEND = {
  name: { formatted_name: 'A Friend', first_name: 'A', last_name: 'Friend' },
  phones: [{ phone: '+1 555 000 0042', type: 'CELL', wa_id: '15550000042' }],
  origin: 'other',
};

const UNSUPPORTED = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
};

function interactive(type: string, reply: Json): Json {
  return { type: 'interactive', interactive: { type, [type]: reply } };
}

function file(kind: MediaKind, media: Media, more: Json): Json {
  const sample = media.sample(kind);
  const { id, mime, sha256 } = sample;
  const common = { id, mime_type: mime, sha256: sha256.toString('base64'), url: media.urlOf(sample) };
  return { type: kind, [kind]: { ...common, ...optional(more) } };
}

function orderJson({ catalog, text, items = ORDERED }: Extract<Content, { kind: 'order' }>): Json {
  return {
    catalog_id: catalog ?? CATALOG,
    ...optional({ text }),
    product_items: items.map(({ id, quantity, price, currency }) => ({
      product_retailer_id: id,
      quantity,
      item_price: price,
      currency,
    })),
  };
}

function locationJson(content: Extract<Content, { kind: 'location' }>): Json {
  const { latitude = 21.4225, longitude = 39.8262, name, address } = content;
  return { latitude, longitude, ...optional({ name, address }) };
}

function optional(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
