import { drawBubble, drawDay, drawNotice, updateBubble } from './bubble.js';
import { make } from './elements.js';

/** Kinds that change another bubble and have no bubble of their own. */
const WITHOUT_BUBBLE = ['edit', 'revoke'];

/**
 * The bubbles of the open chat, in their order, each kept up to date. `send` is called with the message of a tap in a
 * bubble.
 */
export function createLog(element, send) {
  const bubbles = new Map();
  const drawn = new Map();
  /** By bubble id: the emoji of each side. */
  const reactions = new Map();
  const context = { send, quoted: ({ to }) => bubbles.get(to) };
  let lastDay;
  let typing;

  function put(bubble) {
    const { kind, to, emoji } = bubble.content;
    if (kind === 'reaction') reactions.set(to, { ...reactions.get(to), [bubble.by]: emoji });
    else if (!bubbles.has(bubble.id) && !WITHOUT_BUBBLE.includes(kind)) append(bubble);
    bubbles.set(bubble.id, bubble);
    update(kind === 'reaction' ? to : bubble.id);
  }

  function append(bubble) {
    const day = new Date(bubble.at).toDateString();
    if (day !== lastDay) element.insertBefore(drawDay(bubble.at), typing ?? null);
    lastDay = day;
    if (bubble.content.kind.startsWith('changed_')) {
      element.insertBefore(drawNotice(bubble.content.text), typing ?? null);
      return;
    }
    const drawing = drawBubble(bubble, context);
    drawn.set(bubble.id, drawing);
    element.insertBefore(drawing, typing ?? null);
  }

  function update(id) {
    const drawing = drawn.get(id);
    if (drawing) updateBubble(drawing, bubbles.get(id), reactionsOn(id), context);
  }

  function reactionsOn(id) {
    return Object.values(reactions.get(id) ?? {}).filter(Boolean);
  }

  /** Scrolls to the end after a change, unless the reader has scrolled up. */
  function following(change) {
    const follows = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    change();
    if (follows) toEnd();
  }

  function toEnd() {
    element.scrollTop = element.scrollHeight;
  }

  return {
    put(bubble) {
      element.querySelector('.nothing')?.remove();
      following(() => put(bubble));
      if (bubble.by === 'person' && bubble.progress === 'sent') toEnd();
    },
    /** Shows another chat. Screen readers do not announce its bubbles. */
    show(all) {
      element.setAttribute('aria-live', 'off');
      for (const map of [bubbles, drawn, reactions]) map.clear();
      lastDay = undefined;
      typing = undefined;
      element.replaceChildren();
      if (all.length === 0) {
        element.append(
          make('p', { class: 'nothing' }, 'Write something below, as people do on their phones.'),
        );
      }
      for (const bubble of all) put(bubble);
      toEnd();
      requestAnimationFrame(() => element.setAttribute('aria-live', 'polite'));
    },
    showTyping(on) {
      if (on === (typing !== undefined)) return;
      following(() => {
        typing?.remove();
        typing = on ? drawTyping() : undefined;
        if (typing) element.append(typing);
      });
    },
    bubble: (id) => bubbles.get(id),
    /** The person's own emoji on a bubble. */
    reaction: (id) => reactions.get(id)?.person,
    lastReply: () =>
      [...bubbles.values()].findLast(({ by, content }) => by === 'business' && content.kind !== 'reaction'),
    unread: () =>
      [...bubbles.values()].some(({ by, progress }) => by === 'business' && progress === 'delivered'),
  };
}

function drawTyping() {
  return make(
    'div',
    { class: 'bubble theirs typing', 'aria-hidden': 'true' },
    make('i'),
    make('i'),
    make('i'),
  );
}
