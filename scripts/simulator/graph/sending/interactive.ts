import type { BusinessContent, Tap } from '../../content/business.ts';
import type { Media } from '../../media.ts';
import { type Json, maybeObject, object, text } from '../check.ts';
import { invalid } from '../errors.ts';
import { readAttachment } from './media.ts';
import { ACTIONS } from './taps.ts';

type Interactive = Extract<BusinessContent, { kind: 'interactive' | 'template' }>;
type Header = Pick<Interactive, 'header' | 'picture'>;

const MAX_BODY_LENGTHS: Readonly<Record<string, number>> = { list: 4_096 };
const MAX_HEADER_LENGTH = 60;
const MAX_FOOTER_LENGTH = 60;
/** Types whose header can only be text. */
const ONLY_TEXT_HEADER = ['list', 'product_list'];
const PICTURES = ['image', 'video', 'document'] as const;
/** Types that need no body. */
const WITHOUT_BODY = ['product'];

/** Meta, "Interactive object": header, body, footer, and the action of its type. */
export function readInteractive(json: Json, media: Media): BusinessContent {
  const type = text(json, 'type', 'interactive', { max: 40 });
  const read = ACTIONS.get(type);
  if (!read) throw invalid(`interactive['type'] must be one of: ${[...ACTIONS.keys()].join(', ')}`);
  const taps: readonly Tap[] = read(object(json, 'action', 'interactive'));
  const footer = maybeObject(json, 'footer', 'interactive');
  return {
    kind: 'interactive',
    text: readBody(json, type),
    ...readHeader(json, type, media),
    ...(footer
      ? { footer: text(footer, 'text', 'footer', { max: MAX_FOOTER_LENGTH, called: 'Footer text' }) }
      : {}),
    taps,
  };
}

function readBody(json: Json, type: string): string {
  if (WITHOUT_BODY.includes(type) && json.body == null) return 'A product of the catalogue';
  const body = object(json, 'body', 'interactive');
  return text(body, 'text', "interactive['body']", {
    max: MAX_BODY_LENGTHS[type] ?? 1_024,
    called: 'Body text',
  });
}

function readHeader(json: Json, type: string, media: Media): Header {
  const header = maybeObject(json, 'header', 'interactive');
  if (!header) return {};
  const path = "interactive['header']";
  const kind = text(header, 'type', path, { max: 20 });
  if (kind === 'text') {
    return { header: text(header, 'text', path, { max: MAX_HEADER_LENGTH, called: 'Header text' }) };
  }
  const picture = PICTURES.find((known) => known === kind);
  if (!picture || ONLY_TEXT_HEADER.includes(type))
    throw invalid(`${path}['type'] cannot be ${kind} in a message of type ${type}`);
  const attachment = readAttachment(picture, object(header, picture, path), `${path}['${picture}']`, media);
  return { picture: { kind: picture, ...attachment } };
}
