import { summaryOf } from './contents.js';

const $ = (id) => document.getElementById(id);

/**
 * The composer: text, replies, edits, and a menu of all other kinds. `send` sends a message and rejects on failure.
 * `lastReply` returns the newest bubble of the business.
 */
export function startComposer({ send, showError, lastReply }) {
  const words = $('words');
  const menu = $('menu');
  const about = $('about');
  /** The message that is replied to or edited. */
  let concerning;

  function begin(what, bubble) {
    concerning = { what, to: bubble.id };
    const who = bubble.by === 'person' ? 'yourself' : 'Ansari';
    const intro = what === 'edit' ? 'Edit: ' : `Reply to ${who}: `;
    about.querySelector('span').textContent = intro + summaryOf(bubble);
    about.hidden = false;
    if (what === 'edit') words.value = bubble.edited ?? bubble.content.text;
    fitWords();
    words.focus();
  }

  function end() {
    if (concerning?.what === 'edit') words.value = '';
    concerning = undefined;
    about.hidden = true;
    fitWords();
  }

  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (text === '') return;
    const { what, to } = concerning ?? {};
    const content =
      what === 'edit' ? { kind: 'edit', to, text } : { kind: 'text', text, ...(to ? { to } : {}) };
    end();
    words.value = '';
    fitWords();
    words.focus();
    send(content).catch((error) => {
      if (words.value === '') words.value = text;
      showError(error);
    });
  });
  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('composer').requestSubmit();
  });
  words.addEventListener('input', fitWords);
  about.querySelector('button').addEventListener('click', () => {
    end();
    words.focus();
  });

  function fitWords() {
    words.style.height = 'auto';
    words.style.height = `${Math.min(words.scrollHeight, 140)}px`;
  }

  function openMenu(open) {
    menu.hidden = !open;
    $('open-menu').setAttribute('aria-expanded', String(open));
    menu.querySelector('[data-content*=reaction]').disabled = lastReply() === undefined;
    if (open) menu.querySelector('button').focus();
  }
  $('open-menu').addEventListener('click', () => openMenu(menu.hidden));
  menu.addEventListener('click', ({ target }) => {
    const json = target.closest('button')?.dataset.content;
    if (!json) return;
    openMenu(false);
    words.focus();
    const content = JSON.parse(json);
    const reaction = content.kind === 'reaction' ? { to: lastReply().id, emoji: '👍' } : {};
    send({ ...content, ...reaction }).catch(showError);
  });
  document.addEventListener('click', ({ target }) => {
    if (!menu.hidden && !target.closest('#attach')) openMenu(false);
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    if (!menu.hidden) $('open-menu').focus();
    openMenu(false);
    if (concerning) end();
  });

  return { reply: (bubble) => begin('reply', bubble), edit: (bubble) => begin('edit', bubble), end };
}
