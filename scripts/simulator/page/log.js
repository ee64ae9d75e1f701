import { drawBubble, drawDay, drawNotice, updateBubble } from './bubble.js';
import { make } from './elements.js';
import { createFollower } from './follow.js';
import { createRoving } from './roving.js';

/** Kinds that change another bubble and have no bubble of their own. */
const WITHOUT_BUBBLE = ['edit', 'revoke'];
/** The simulator stores as many of a chat. */
const MAX_DRAWN = 2_000;

/**
 * The bubbles of the open chat, in their order. An event changes the elements of its own bubble only. `send` is called with
 * the message of a tap in a bubble.
 */
export function createLog({ scroller, list, button }, send) {
  const bubbles = new Map();
  const drawn = new Map();
  const unread = new Set();
  /** By bubble id: the emoji of each side. */
  const reactions = new Map();
  const follower = createFollower(scroller, list, button);
  const roving = createRoving(list, '.bubble', { keys: ['ArrowDown', 'ArrowUp'] });
  const context = { send, jump, quoted: ({ to }) => bubbles.get(to) };
  let lastDay;
  let typing;

  /** Returns true for a bubble that was not there before. */
  function put(bubble) {
    const { kind, to, emoji } = bubble.content;
    const isNew = !bubbles.has(bubble.id);
    if (kind === 'reaction') reactions.set(to, { ...reactions.get(to), [bubble.by]: emoji });
    else if (isNew && !WITHOUT_BUBBLE.includes(kind)) append(bubble);
    bubbles.set(bubble.id, bubble);
    if (bubble.by === 'business' && bubble.progress === 'delivered') unread.add(bubble.id);
    else unread.delete(bubble.id);
    update(kind === 'reaction' ? to : bubble.id);
    return isNew;
  }

  function append(bubble) {
    const day = new Date(bubble.at).toDateString();
    if (day !== lastDay) list.insertBefore(drawDay(bubble.at), typing ?? null);
    lastDay = day;
    if (bubble.content.kind.startsWith('changed_')) {
      list.insertBefore(drawNotice(bubble.content.text), typing ?? null);
      return;
    }
    const drawing = drawBubble(bubble, context);
    drawn.set(bubble.id, drawing);
    list.insertBefore(drawing, typing ?? null);
    if (!list.contains(document.activeElement)) roving.stopAt(drawing);
    if (drawn.size > MAX_DRAWN) dropOldest();
  }

  function dropOldest() {
    const [[id, drawing]] = drawn;
    drawing.remove();
    for (const map of [drawn, bubbles, reactions]) map.delete(id);
  }

  function update(id) {
    const drawing = drawn.get(id);
    if (drawing) updateBubble(drawing, bubbles.get(id), reactions.get(id) ?? {});
  }

  /** Shows a message in the middle, and for a moment which one it is. */
  function jump(id) {
    const drawing = drawn.get(id);
    if (!drawing) return;
    drawing.scrollIntoView({ block: 'center' });
    drawing.focus({ preventScroll: true });
    drawing.classList.add('found');
    drawing.addEventListener('animationend', () => drawing.classList.remove('found'), { once: true });
  }

  return {
    /** Returns true for a bubble that was not there before. */
    put(bubble) {
      list.querySelector('.nothing')?.remove();
      const isNew = put(bubble);
      if (isNew && bubble.by === 'person') follower.toEnd();
      else if (isNew && bubble.content.kind !== 'reaction') follower.arrived();
      return isNew;
    },
    /** Shows another chat, at its end. */
    show(all) {
      for (const map of [bubbles, drawn, reactions, unread]) map.clear();
      lastDay = undefined;
      typing = undefined;
      list.replaceChildren();
      if (all.length === 0) {
        const line = make('span', {}, 'Write something below, as people do on their phones.');
        list.append(make('li', { class: 'nothing' }, line));
      }
      for (const bubble of all) put(bubble);
      follower.toEnd();
    },
    showTyping(on) {
      if (on === (typing !== undefined)) return;
      typing?.remove();
      typing = on ? drawTyping() : undefined;
      if (typing) list.append(typing);
    },
    bubble: (id) => bubbles.get(id),
    /** The person's own emoji on a bubble. */
    reaction: (id) => reactions.get(id)?.person,
    lastReply: () =>
      [...bubbles.values()].findLast(({ by, content }) => by === 'business' && content.kind !== 'reaction'),
    hasUnread: () => unread.size > 0,
  };
}

function drawTyping() {
  return make(
    'li',
    { class: 'bubble theirs typing', 'aria-hidden': 'true' },
    make('i'),
    make('i'),
    make('i'),
  );
}
