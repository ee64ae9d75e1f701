import { drawLink, make, makeSvg } from './elements.js';
import { plainText, readBlocks } from './markup.js';

const NAMES = {
  image: 'Image',
  audio: 'Voice message',
  video: 'Video',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
  flow: 'Form, completed',
  order: 'Order',
  poll: 'Poll',
  edit: 'Edit, not handed out',
  view_once: 'View once',
};
const TAGS = { bold: 'strong', italic: 'em', strike: 's', quote: 'blockquote', line: 'p' };
const DELETED = { person: 'You deleted this message', business: 'This message was deleted' };

/** Returns the text of a bubble as it was written; of another kind its name. */
export function textOf(bubble) {
  const { edited, content, revoked } = bubble;
  return (revoked ? undefined : (edited ?? content.text)) ?? summaryOf(bubble);
}

/** Returns the content of a bubble on one line. */
export function summaryOf({ by, content, edited, revoked }) {
  if (revoked) return DELETED[by];
  const words = edited ?? content.text;
  if (words) return plainText(words);
  return content.emoji ?? nameOf(content);
}

function nameOf({ kind, type }) {
  if (kind === 'reaction') return 'A reaction taken away';
  return NAMES[kind === 'unsupported' ? (type ?? 'poll') : kind] ?? type ?? kind;
}

/** Draws the message that a bubble replies to; nothing when it is unknown. `jump` is called with its id. */
export function drawQuote(quoted, jump) {
  if (!quoted) return [];
  const who = quoted.by === 'person' ? 'You' : 'Ansari';
  const line = make('span', { dir: 'auto' }, summaryOf(quoted));
  const quote = make('button', { type: 'button', class: 'quote' }, make('strong', {}, who), ' ', line);
  quote.addEventListener('click', () => jump(quoted.id));
  return [quote];
}

export function drawContent(bubble) {
  const { content, revoked, edited } = bubble;
  if (revoked) return make('div', { class: 'content deleted' }, DELETED[bubble.by]);
  const parts = [...drawForwarded(content), ...drawThing(content)];
  if (content.header) parts.push(make('div', { class: 'header', dir: 'auto' }, content.header));
  const words = edited ?? content.text;
  if (words && content.kind !== 'flow')
    parts.push(make('div', { class: 'words', dir: 'auto' }, ...readBlocks(words).map(drawBlock)));
  const small = content.footer ?? content.description;
  if (small) parts.push(make('div', { class: 'small', dir: 'auto' }, small));
  return make('div', { class: 'content' }, ...parts);
}

/** As on a phone, above the message. */
function drawForwarded({ forwarded }) {
  if (forwarded === undefined) return [];
  const icon = makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: '/icons.svg#forward' }));
  return [
    make('div', { class: 'forwarded' }, icon, forwarded === 'often' ? 'Forwarded many times' : 'Forwarded'),
  ];
}

/** Draws the part of a message that is not text. */
function drawThing(content) {
  const { kind, picture } = content;
  if (picture) return drawThing(picture);
  if (content.media !== undefined) return [drawFile(content)];
  if (
    ['location', 'contacts', 'order', 'flow', 'unsupported'].includes(kind) ||
    (kind in NAMES && !('taps' in content))
  )
    return [drawRow(content)];
  return [];
}

function drawRow(content) {
  const { kind, type, link } = content;
  const icon = kind === 'unsupported' && type !== undefined && type !== 'poll' ? type : kind;
  const known = ['edit', 'view_once'].includes(icon) || icon in NAMES || icon === kind;
  const drawing = makeSvg(
    'svg',
    { 'aria-hidden': 'true' },
    makeSvg('use', { href: `/icons.svg#${known ? icon : kind}` }),
  );
  const name = link === undefined ? rowName(content) : drawLink(link);
  return make('div', { class: 'thing', dir: 'auto' }, drawing, make('span', {}, name));
}

function rowName(content) {
  const { kind, names, items, latitude, longitude, name, address } = content;
  if (kind === 'contacts' && names) return names.join(', ');
  if (kind === 'order') {
    const ordered = items ?? [{ id: 'dates-500g', quantity: 2 }];
    return ordered.map(({ id, quantity }) => `${quantity} × ${id}`).join(', ');
  }
  if (kind === 'location') {
    const place = [name, address].filter(Boolean).join(', ');
    return place || (latitude === undefined ? NAMES.location : `${latitude}, ${longitude}`);
  }
  return nameOf(content);
}

function drawFile({ kind, media, name, text }) {
  const src = `/control/media/${encodeURIComponent(media)}`;
  if (kind === 'image' || kind === 'sticker')
    return make('img', { class: kind, src, alt: text ?? NAMES[kind] });
  if (kind === 'audio' || kind === 'video')
    return make(kind, { controls: '', preload: 'none', src, 'aria-label': NAMES[kind] });
  const download = make('a', { href: src, download: name ?? '' }, name ?? NAMES.document);
  const icon = makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: '/icons.svg#document' }));
  return make('div', { class: 'thing' }, icon, download);
}

function drawBlock(block) {
  switch (block.kind) {
    case 'bullets':
      return make('ul', { dir: 'auto' }, ...block.items.map(drawItem));
    case 'numbers':
      return make('ol', { dir: 'auto', start: block.start }, ...block.items.map(drawItem));
    case 'mono':
      return make('pre', { dir: 'auto' }, block.text);
    default:
      return make(TAGS[block.kind], { dir: 'auto' }, ...block.inside.map(drawSpan));
  }
}

function drawItem(spans) {
  return make('li', {}, ...spans.map(drawSpan));
}

function drawSpan(span) {
  if (span.kind === 'text') return span.text;
  if (span.kind === 'mono') return make('code', {}, span.text);
  if (span.kind === 'link') return drawLink(span.text);
  return make(TAGS[span.kind], {}, ...span.inside.map(drawSpan));
}
