import { textOf } from './contents.js';
import { make } from './elements.js';
import { closeMenu, openMenu } from './menu.js';
import { onLongPress } from './press.js';
import { createRoving } from './roving.js';

const FILES = ['image', 'video', 'document', 'audio'];
const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/**
 * The menu of a bubble: by its button, a right click, a long press, and by Enter or the menu key where the bubble has the
 * focus. `bubble(id)` returns the bubble. `send` sends a message; `reply` and `edit` start the
 * composer; `happened` shows what the app did with the message.
 */
export function startActions(list, { bubble, reaction, send, reply, edit, happened, showError }) {
  function open(element, returnTo) {
    const found = bubble(element.dataset.id);
    const more = element.querySelector('.more');
    if (!found || !more) return;
    closeMenu();
    const menu = make(
      'div',
      { class: 'actions', role: 'menu', 'aria-label': 'What to do with this message' },
      ...entries(found),
    );
    createRoving(menu, '[role=menuitem]', { wraps: true });
    more.setAttribute('aria-expanded', 'true');
    more.after(menu);
    openMenu(menu, {
      returnTo,
      close() {
        more.setAttribute('aria-expanded', 'false');
        menu.remove();
      },
    });
    menu.scrollIntoView({ block: 'nearest' });
  }

  function entries(found) {
    const { id, by, content, revoked } = found;
    const mine = by === 'person';
    const list = [];
    // Twilio passes on no reaction, edit or deletion.
    const isMeta = document.body.dataset.channel !== 'twilio';
    if (isMeta && !mine) list.push(reactions(id));
    list.push(entry('Reply', () => reply(found)));
    list.push(entry('What happened', () => happened(found)));
    const forward = forwarded(found);
    if (forward) list.push(entry('Forward', () => send(forward)));
    list.push(entry('Copy', () => navigator.clipboard.writeText(textOf(found)).catch(showError)));
    if (isMeta && mine && content.kind === 'text' && !revoked) list.push(entry('Edit', () => edit(found)));
    if (isMeta && mine && !revoked)
      list.push(entry('Delete for everyone', () => send({ kind: 'revoke', to: id })));
    return list;
  }

  /** What the person sends when forwarding it to the business; undefined for what cannot be forwarded here. */
  function forwarded({ content, edited, revoked }) {
    const text = edited ?? content.text;
    if (revoked) return undefined;
    if (FILES.includes(content.kind))
      return { kind: content.kind, forwarded: 'once', ...(text && content.kind !== 'audio' ? { text } : {}) };
    return text ? { kind: 'text', text, forwarded: 'once' } : undefined;
  }

  function reactions(to) {
    const row = make('div', { class: 'emojis', role: 'group', 'aria-label': 'React' });
    for (const emoji of EMOJIS)
      row.append(entry(emoji, () => send({ kind: 'reaction', to, emoji }), `React with ${emoji}`));
    if (reaction(to)) row.append(entry('✕', () => send({ kind: 'reaction', to }), 'Take the reaction away'));
    return row;
  }

  function entry(label, act, name = label) {
    const button = make(
      'button',
      { type: 'button', role: 'menuitem', tabindex: '-1', 'aria-label': name },
      label,
    );
    button.addEventListener('click', () => {
      const owner = button.closest('.bubble');
      closeMenu();
      owner.focus({ preventScroll: true });
      act();
    });
    return button;
  }

  list.addEventListener('click', ({ target }) => {
    const more = target.closest('.more');
    if (!more) return;
    if (more.getAttribute('aria-expanded') === 'true') closeMenu();
    else open(more.closest('.bubble'), more);
  });
  list.addEventListener('contextmenu', (event) => {
    const element = event.target.closest('.bubble[data-id]');
    // The browser's own menu is for links, media and marked text.
    if (!element || event.target.closest('a, img, audio, video') || !getSelection().isCollapsed) return;
    event.preventDefault();
    if (!event.target.closest('.actions')) open(element, element);
  });
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('.bubble[data-id]')) return;
    event.preventDefault();
    open(event.target, event.target);
  });
  onLongPress(list, '.bubble[data-id]', (element) => open(element, element));
}
