import { drawBubble, drawDay, make, updateBubble } from './bubble.js';

/** The bubbles of the chat on show, in their order, each kept up to date. */
export function createLog(element) {
  const bubbles = new Map();
  const drawn = new Map();
  /** The emoji on a bubble, by the bubble's id. */
  const reactions = new Map();
  let lastDay;
  let typing;

  function put(bubble) {
    const { kind, to, emoji } = bubble.content;
    if (kind === 'reaction') reactions.set(to, emoji);
    else if (!bubbles.has(bubble.id)) append(bubble);
    bubbles.set(bubble.id, bubble);
    update(kind === 'reaction' ? to : bubble.id);
  }

  function append(bubble) {
    const day = new Date(bubble.at).toDateString();
    if (day !== lastDay) element.insertBefore(drawDay(bubble.at), typing ?? null);
    lastDay = day;
    const drawing = drawBubble(bubble);
    drawn.set(bubble.id, drawing);
    element.insertBefore(drawing, typing ?? null);
  }

  function update(id) {
    const drawing = drawn.get(id);
    if (drawing) updateBubble(drawing, bubbles.get(id), reactions.get(id));
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
    lastReply: () => [...bubbles.values()].findLast(({ by }) => by === 'business'),
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
