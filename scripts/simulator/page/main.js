import { createLog } from './log.js';
import { drawFaults, drawPeople, startTools } from './side.js';
import { ask, listen } from './talk.js';

const $ = (id) => document.getElementById(id);
const log = createLog($('log'));
const people = new Map();
let chosen;
/** Bubbles that came while the chat was being fetched. */
let early;

listen(
  {
    start({ app, faults, chats }) {
      people.clear();
      for (const chat of chats) people.set(chat.id, chat);
      tellApp(app);
      drawFaults(faults);
      choose(people.has(chosen) ? chosen : chats[0]?.id);
    },
    chat(chat) {
      people.set(chat.id, chat);
      showPeople();
      if (chat.id === chosen) showChat();
    },
    bubble(bubble) {
      const chat = people.get(bubble.person);
      if (chat && bubble.order >= (chat.last?.order ?? 0)) chat.last = bubble;
      showPeople();
      if (bubble.person !== chosen) return;
      if (early) early.push(bubble);
      else showBubble(bubble);
    },
    app: tellApp,
    faults: drawFaults,
  },
  () => say('The simulator does not answer; trying again.'),
);

async function choose(id) {
  if (id === undefined) return;
  chosen = id;
  early = [];
  openSide(false);
  showPeople();
  const chat = await ask(`chats/${encodeURIComponent(id)}`).catch(trouble);
  if (!chat || chosen !== id) return;
  log.show(chat.bubbles);
  showChat();
  for (const bubble of early) log.put(bubble);
  early = undefined;
  readAll();
}

function showBubble(bubble) {
  log.put(bubble);
  readAll();
}

function showChat() {
  const { name, typing, phoneOff } = people.get(chosen);
  const whose = `on the phone of ${name}${phoneOff ? ', which is off' : ''}`;
  if ($('whose').textContent !== whose) $('whose').textContent = whose;
  $('whose').hidden = typing;
  $('typing-line').hidden = !typing;
  $('phone-off').checked = phoneOff;
  $('composer').toggleAttribute('inert', phoneOff);
  log.showTyping(typing);
}

let peopleAreDue = false;

/** At most once a frame: a busy run changes it hundreds of times a second. */
function showPeople() {
  if (peopleAreDue) return;
  peopleAreDue = true;
  requestAnimationFrame(() => {
    peopleAreDue = false;
    const newest = [...people.values()].sort((a, b) => (b.last?.order ?? 0) - (a.last?.order ?? 0));
    drawPeople(newest.slice(0, 100), chosen, choose);
  });
}

/** What is on the screen of somebody who looks at it has been read. */
function readAll() {
  if (document.visibilityState === 'visible' && log.unread()) ask('read', { person: chosen }).catch(trouble);
}
document.addEventListener('visibilitychange', readAll);

// --- what is wrong -----------------------------------------------------------------------------------------------

function tellApp(state) {
  if (state === 'down') say('The webhook app does not answer; trying again.');
  else if (typeof state === 'number' && state !== 200)
    say(`The webhook app answered ${state}, not 200; trying again.`);
  else say('');
}

function trouble(error) {
  say(`${error.message}`);
}

function say(sentence) {
  $('trouble').hidden = sentence === '';
  $('trouble').textContent = sentence;
}

// --- writing -----------------------------------------------------------------------------------------------------

const words = $('words');

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (text === '') return;
  words.value = '';
  fitWords();
  words.focus();
  ask('say', { person: chosen, text }).catch((error) => {
    if (words.value === '') words.value = text;
    trouble(error);
  });
});
words.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('composer').requestSubmit();
});
words.addEventListener('input', fitWords);

function fitWords() {
  words.style.height = 'auto';
  words.style.height = `${Math.min(words.scrollHeight, 140)}px`;
}

const menu = $('menu');

function openMenu(open) {
  menu.hidden = !open;
  $('open-menu').setAttribute('aria-expanded', String(open));
  menu.querySelector('[data-kind=reaction]').disabled = log.lastReply() === undefined;
  if (open) menu.querySelector('button').focus();
}
$('open-menu').addEventListener('click', () => openMenu(menu.hidden));
menu.addEventListener('click', ({ target }) => {
  const kind = target.closest('button')?.dataset.kind;
  if (!kind) return;
  openMenu(false);
  words.focus();
  const content = kind === 'reaction' ? { kind, to: log.lastReply().id, emoji: '👍' } : { kind };
  ask('say', { person: chosen, content }).catch(trouble);
});
document.addEventListener('click', ({ target }) => {
  if (!menu.hidden && !target.closest('#attach')) openMenu(false);
});

// --- the side, which covers the chat on a small screen -----------------------------------------------------------

function openSide(open) {
  document.body.classList.toggle('side-open', open);
  $('open-side').setAttribute('aria-expanded', String(open));
}
$('open-side').addEventListener('click', () => {
  openSide(true);
  $('close-side').focus();
});
$('close-side').addEventListener('click', () => {
  openSide(false);
  $('open-side').focus();
});
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  if (!menu.hidden) $('open-menu').focus();
  openMenu(false);
  openSide(false);
});

startTools({ person: () => chosen, choose, trouble });
