import { make } from './elements.js';

const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/**
 * The menu of a bubble. `bubble(id)` returns the bubble. `send` sends a message; `reply` and `edit` start the composer.
 */
export function startActions(log, { bubble, reaction, send, reply, edit }) {
  let opener;

  function close() {
    if (!opener) return;
    opener.setAttribute('aria-expanded', 'false');
    opener.parentElement.querySelector('.actions')?.remove();
    opener = undefined;
  }

  function open(button) {
    close();
    const found = bubble(button.parentElement.dataset.id);
    if (!found) return;
    opener = button;
    button.setAttribute('aria-expanded', 'true');
    const menu = make('div', { class: 'actions' }, ...entries(found));
    button.after(menu);
    menu.querySelector('button').focus({ preventScroll: true });
    menu.scrollIntoView({ block: 'nearest' });
  }

  function entries(found) {
    const { id, by, content, revoked } = found;
    const mine = by === 'person';
    const list = [];
    // Twilio passes on no reaction, edit or deletion.
    if (document.body.dataset.channel === 'twilio') return [entry('Reply', () => reply(found))];
    if (!mine) list.push(reactions(id));
    list.push(entry('Reply', () => reply(found)));
    if (mine && content.kind === 'text' && !revoked) list.push(entry('Edit', () => edit(found)));
    if (mine && !revoked) list.push(entry('Delete for everyone', () => send({ kind: 'revoke', to: id })));
    return list;
  }

  function reactions(to) {
    const row = make('div', { class: 'emojis' });
    for (const emoji of EMOJIS)
      row.append(entry(emoji, () => send({ kind: 'reaction', to, emoji }), `React with ${emoji}`));
    if (reaction(to)) row.append(entry('✕', () => send({ kind: 'reaction', to }), 'Take the reaction away'));
    return row;
  }

  function entry(label, act, name = label) {
    const button = make('button', { type: 'button', 'aria-label': name }, label);
    button.addEventListener('click', () => {
      close();
      act();
    });
    return button;
  }

  log.addEventListener('click', ({ target }) => {
    const button = target.closest('.more');
    if (button && button !== opener) open(button);
    else if (!target.closest('.actions')) close();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !opener) return;
    opener.focus();
    close();
  });
  return { close };
}
