import { drawBubble, drawDay, drawNotice, updateBubble } from './bubble.js';
import { make } from './elements.js';

/** What changes another bubble and has none itself. */
const UNSEEN = ['edit', 'revoke'];

/**
 * The bubbles of the chat on show, in their order, each kept up to date. `send` is called with what the person sends by
 * tapping something in a bubble.
 */
export function createLog(element, send) {
  const bubbles = new Map();
  const drawn = new Map();
  /** The emojis on a bubble by who put them there, by the bubble's id. */
  const reactions = new Map();
  const means = { send, quoted: ({ to }) => bubbles.get(to) };
  let lastDay;
  let typing;

  function put(bubble) {
    const { kind, to, emoji } = bubble.content;
    if (kind === 'reaction') reactions.set(to, { ...reactions.get(to), [bubble.by]: emoji });
    else if (!bubbles.has(bubble.id) && !UNSEEN.includes(kind)) append(bubble);
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
    const drawing = drawBubble(bubble, means);
    drawn.set(bubble.id, drawing);
    element.insertBefore(drawing, typing ?? null);
  }

  function update(id) {
    const drawing = drawn.get(id);
    if (drawing) updateBubble(drawing, bubbles.get(id), reactionsOn(id), means);
  }

  function reactionsOn(id) {
    return Object.values(reactions.get(id) ?? {}).filter(Boolean);
  }

  /** Whoever has scrolled up to read stays where they are. */
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
    /** Another chat: nothing of it is announced as new. */
    show(all) {
      element.setAttribute('aria-live', 'off');
      for (const kept of [bubbles, drawn, reactions]) kept.clear();
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
