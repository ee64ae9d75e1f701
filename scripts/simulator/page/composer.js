import { summaryOf } from './contents.js';
import { closeMenu, openMenu } from './menu.js';
import { createRoving } from './roving.js';

const $ = (id) => document.getElementById(id);
const WITH_CAPTION = ['image', 'video', 'document'];
const WITHOUT_REPLY = ['reaction', 'unsupported'];
const PASSED_ON = 'Please pass this on to everyone you know.';

/**
 * The composer: text, replies, edits, and a menu of all other kinds. Each chat keeps its draft. `send` sends a message and
 * rejects on failure. `lastReply` returns the newest bubble of the business.
 */
export function startComposer({ send, showError, lastReply }) {
  const words = $('words');
  const menu = $('menu');
  const about = $('about');
  const drafts = new Map();
  let chat;
  /** The message that is replied to or edited. */
  let concerning;

  function begin(what, bubble) {
    end();
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

  /** Sends the content. On failure its text is a draft again. */
  function sendFrom(content) {
    const sender = chat;
    const { text } = content;
    end();
    words.value = '';
    fitWords();
    words.focus();
    send(content).catch((error) => {
      if (text !== undefined && sender !== chat) drafts.set(sender, text);
      else if (text !== undefined && words.value === '') words.value = text;
      fitWords();
      showError(error);
    });
  }

  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (text === '') return;
    const { what, to } = concerning ?? {};
    sendFrom(what === 'edit' ? { kind: 'edit', to, text } : { kind: 'text', text, ...(to ? { to } : {}) });
  });
  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('composer').requestSubmit();
  });
  about.querySelector('button').addEventListener('click', () => {
    end();
    words.focus();
  });
  document.addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key === 'Escape' && !defaultPrevented && concerning) end();
  });

  // Browsers that do not fit the field to its content by themselves.
  const fits = CSS.supports('field-sizing', 'content');
  if (!fits) words.addEventListener('input', fitWords);
  function fitWords() {
    if (fits) return;
    words.style.height = 'auto';
    words.style.height = `${words.scrollHeight + 2}px`;
  }

  createRoving(menu, '[role=menuitem]:not(:disabled)', { wraps: true });
  function showMenu(open) {
    menu.hidden = !open;
    $('open-menu').setAttribute('aria-expanded', String(open));
  }
  $('open-menu').addEventListener('click', () => {
    if (!menu.hidden) return closeMenu();
    menu.querySelector('[data-content*=reaction]').disabled = lastReply() === undefined;
    showMenu(true);
    openMenu(menu, { returnTo: $('open-menu'), close: () => showMenu(false) });
  });
  menu.addEventListener('click', ({ target }) => {
    const json = target.closest('button')?.dataset.content;
    if (!json) return;
    closeMenu();
    words.focus();
    const content = JSON.parse(json);
    if (content.kind === 'reaction') send({ ...content, to: lastReply().id, emoji: '👍' }).catch(showError);
    else sendOther(content);
  });

  /** What is in the field is the caption, as on a phone; kinds without one leave it there. */
  function sendOther(content) {
    const { what, to } = concerning ?? {};
    const replies = what === 'reply' && !WITHOUT_REPLY.includes(content.kind) ? { to } : {};
    const text = words.value.trim();
    // What is in the field is what was forwarded.
    if (content.forwarded)
      return what === 'edit' || text === ''
        ? send({ ...content, text: PASSED_ON }).catch(showError)
        : sendFrom({ ...content, text });
    if (what !== 'edit' && text !== '' && WITH_CAPTION.includes(content.kind))
      return sendFrom({ ...content, ...replies, text });
    if (replies.to !== undefined) end();
    send({ ...content, ...replies }).catch(showError);
  }

  return {
    reply: (bubble) => begin('reply', bubble),
    edit: (bubble) => begin('edit', bubble),
    /** Shows the draft of this chat. */
    open(id) {
      if (id === chat) return;
      end();
      drafts.set(chat, words.value);
      chat = id;
      words.value = drafts.get(id) ?? '';
      fitWords();
    },
    /** The open chat has another id. */
    moved(id) {
      chat = id;
    },
  };
}
