import { drawContent, drawQuote } from './contents.js';
import { make, makeSvg } from './elements.js';

/** Returns the element of a bubble. `context` as in `createLog`. Screen readers do not announce later changes. */
export function drawBubble(bubble, context) {
  const who = bubble.by === 'person' ? 'You: ' : 'Ansari: ';
  const more = make(
    'button',
    { type: 'button', class: 'more', 'aria-label': 'What to do with this message', 'aria-expanded': 'false' },
    makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: '/icons.svg#more' })),
  );
  return make(
    'article',
    { 'data-id': bubble.id },
    make('span', { class: 'unseen' }, who),
    ...drawQuote(context.quoted(bubble)),
    drawContent(bubble, context),
    make('footer', { 'aria-live': 'off' }),
    more,
  );
}

/** Updates the element. `reactions` are the emojis on the bubble. */
export function updateBubble(element, bubble, reactions, context) {
  const mine = bubble.by === 'person';
  const arriving = !mine && ['accepted', 'sent'].includes(bubble.progress);
  element.className = `bubble ${mine ? 'mine' : 'theirs'}${arriving ? ' arriving' : ''}`;
  const words = bubble.revoked ? 'revoked' : (bubble.edited ?? '');
  if ((element.dataset.words ?? '') !== words) {
    element.dataset.words = words;
    element.querySelector('.content').replaceWith(drawContent(bubble, context));
    if (bubble.revoked) element.querySelector('.more')?.remove();
  }
  const time = make('time', { datetime: new Date(bubble.at).toISOString() }, clockTime(bubble.at));
  const edited = bubble.edited !== undefined && !bubble.revoked ? [make('span', {}, 'edited')] : [];
  element.querySelector('footer').replaceChildren(...edited, time, drawTicks(bubble));
  element.querySelector('.reaction')?.remove();
  if (reactions.length > 0) element.append(make('span', { class: 'reaction' }, reactions.join(' ')));
}

/** One tick: sent to WhatsApp. Two: received by the app or the phone. Blue: read. */
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

/** The heading above the first bubble of a day. */
export function drawDay(at) {
  const day = new Date(at).toDateString();
  const today = new Date().toDateString();
  const name = day === today ? 'Today' : new Date(at).toLocaleDateString([], { dateStyle: 'long' });
  return drawNotice(name);
}

/** A line between the bubbles. */
export function drawNotice(text) {
  return make('p', { class: 'day' }, make('span', { dir: 'auto' }, text));
}
