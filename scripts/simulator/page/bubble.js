import { now } from './clock.js';
import { drawContent, drawQuote } from './contents.js';
import { make, makeSvg } from './elements.js';
import { drawTaps } from './taps.js';

/** Returns the element of a bubble. `context` as in `createLog`. */
export function drawBubble(bubble, context) {
  const who = bubble.by === 'person' ? 'You: ' : 'Ansari: ';
  const more = make(
    'button',
    {
      type: 'button',
      class: 'more',
      tabindex: '-1',
      'aria-label': 'What to do with this message',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: '/icons.svg#more' })),
  );
  return make(
    'li',
    { 'data-id': bubble.id, tabindex: '-1' },
    make('span', { class: 'unseen' }, who),
    ...drawQuote(context.quoted(bubble), context.jump),
    make('div', { class: 'body' }, drawContent(bubble), make('footer')),
    ...(bubble.content.taps?.length > 0 ? [drawTaps(bubble, context.send)] : []),
    more,
  );
}

/** Updates the element. `reactions`: the emoji of each side. */
export function updateBubble(element, bubble, reactions) {
  const mine = bubble.by === 'person';
  const isEdited = bubble.edited !== undefined && !bubble.revoked;
  const emojis = Object.entries(reactions).filter(([, emoji]) => emoji);
  const states = {
    mine,
    theirs: !mine,
    arriving: !mine && ['accepted', 'sent'].includes(bubble.progress),
    edited: isEdited,
    reacted: emojis.length > 0,
  };
  element.classList.add('bubble');
  for (const [name, on] of Object.entries(states)) element.classList.toggle(name, on);
  const words = bubble.revoked ? 'revoked' : (bubble.edited ?? '');
  if ((element.dataset.words ?? '') !== words) {
    element.dataset.words = words;
    element.querySelector('.content').replaceWith(drawContent(bubble));
    if (bubble.revoked) element.querySelector('.more')?.remove();
  }
  const time = make('time', { datetime: new Date(bubble.at).toISOString() }, clockTime(bubble.at));
  // As on a phone: whether a message has arrived is known to its sender.
  const parts = [
    ...(isEdited ? [make('span', {}, 'edited')] : []),
    time,
    ...(mine ? [drawTicks(bubble)] : []),
  ];
  element.querySelector('footer').replaceChildren(...parts);
  if (bubble.progress === 'failed' && !element.querySelector('.failure'))
    element.querySelector('.body').after(drawFailure(bubble));
  element.querySelector('.reaction')?.remove();
  if (emojis.length > 0) element.append(drawReactions(emojis));
}

/** One tick: sent to WhatsApp. Two: received by the app. Blue: read. */
function drawTicks({ progress }) {
  const two = progress === 'delivered' || progress === 'read';
  const path = makeSvg('path', {
    d: two ? 'm1 6.5 3.2 3.2L10.4 3M7.2 9.1l.6.6L14 3' : 'm4 6.5 3.2 3.2L13.4 3',
  });
  return makeSvg(
    'svg',
    { class: `ticks ${progress}`, viewBox: '0 0 15 12', role: 'img', 'aria-label': progress },
    path,
  );
}

function drawFailure({ code, reason }) {
  const icon = makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: '/icons.svg#failed' }));
  return make('p', { class: 'failure' }, icon, make('strong', {}, 'Not delivered: '), `${reason} (${code})`);
}

function drawReactions(emojis) {
  const names = emojis.map(([by, emoji]) => `${emoji} from ${by === 'person' ? 'you' : 'Ansari'}`);
  return make(
    'span',
    { class: 'reaction', role: 'img', 'aria-label': `Reaction: ${names.join(', ')}` },
    emojis.map(([, emoji]) => emoji).join(' '),
  );
}

/** Returns the time of day as the browser's language writes it. */
export function clockTime(at) {
  return clock.format(at);
}
const clock = new Intl.DateTimeFormat([], { hour: 'numeric', minute: '2-digit' });

/** The heading above the first bubble of a day. */
export function drawDay(at) {
  const day = new Date(at).toDateString();
  const today = new Date(now()).toDateString();
  const name = day === today ? 'Today' : new Date(at).toLocaleDateString([], { dateStyle: 'long' });
  return make('li', { class: 'day' }, make('h3', {}, make('span', {}, name)));
}

/** A line between the bubbles. */
export function drawNotice(text) {
  return make('li', { class: 'day' }, make('span', { dir: 'auto' }, text));
}
