import { readBlocks } from './markup.js';

const NAMES = {
  image: 'Image',
  audio: 'Voice message',
  video: 'Video',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
  unsupported: 'Poll',
};
const TAGS = { bold: 'strong', italic: 'em', strike: 's', quote: 'blockquote', line: 'p' };

/** An element with attributes and children; text becomes a text node. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeSvg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The element of a bubble. What changes later stands in its footer, which is not announced again. */
export function drawBubble(bubble) {
  const who = bubble.by === 'person' ? 'You: ' : 'Ansari: ';
  return make(
    'article',
    {},
    make('span', { class: 'unseen' }, who),
    drawContent(bubble.content),
    make('footer', { 'aria-live': 'off' }),
  );
}

/** Brings the element up to date. `reaction` is the emoji on it, if any. */
export function updateBubble(element, bubble, reaction) {
  const mine = bubble.by === 'person';
  const arriving = !mine && ['accepted', 'sent'].includes(bubble.progress);
  element.className = `bubble ${mine ? 'mine' : 'theirs'}${arriving ? ' arriving' : ''}`;
  const time = make('time', { datetime: new Date(bubble.at).toISOString() }, clockTime(bubble.at));
  element.querySelector('footer').replaceChildren(time, drawTicks(bubble));
  element.querySelector('.reaction')?.remove();
  if (reaction) element.append(make('span', { class: 'reaction' }, reaction));
}

/** The kind of something that is not words, as a person calls it. */
export function nameOf(kind) {
  return NAMES[kind] ?? kind;
}

function drawContent(content) {
  if ('text' in content)
    return make('div', { class: 'words', dir: 'auto' }, ...readBlocks(content.text).map(drawBlock));
  const icon = makeSvg(
    'svg',
    { 'aria-hidden': 'true' },
    makeSvg('use', { href: `/icons.svg#${content.kind}` }),
  );
  return make('div', { class: 'thing' }, icon, nameOf(content.kind));
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
  if (span.kind === 'link')
    return make('a', { href: span.text, rel: 'noopener noreferrer', target: '_blank' }, span.text);
  return make(TAGS[span.kind], {}, ...span.inside.map(drawSpan));
}

/** One: with WhatsApp. Two: taken by the app, or on the phone. Blue: read. */
function drawTicks({ progress, code }) {
  const name = progress === 'failed' ? `failed, code ${code}` : progress;
  if (progress === 'failed')
    return make('span', { class: 'failed', role: 'img', 'aria-label': name, title: name }, '!');
  const two = progress === 'delivered' || progress === 'read';
  const path = makeSvg('path', {
    d: two ? 'm1 6.5 3.2 3.2L10.4 3M7.2 9.1l.6.6L14 3' : 'm4 6.5 3.2 3.2L13.4 3',
  });
  return makeSvg(
    'svg',
    { class: `ticks ${progress}`, viewBox: '0 0 15 12', role: 'img', 'aria-label': name },
    path,
  );
}

function clockTime(at) {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** The day, above the first bubble of it. */
export function drawDay(at) {
  const day = new Date(at).toDateString();
  const today = new Date().toDateString();
  const name = day === today ? 'Today' : new Date(at).toLocaleDateString([], { dateStyle: 'long' });
  return make('p', { class: 'day' }, make('span', {}, name));
}
