import { startActions } from './actions.js';
import { addressed, addressOf } from './address.js';
import { announce } from './announce.js';
import { showDev, startProcess } from './app-process.js';
import { showClock, startClock } from './clock.js';
import { startComposer } from './composer.js';
import { summaryOf } from './contents.js';
import { drawFaults, startFaults } from './faults.js';
import { startHappened } from './happened.js';
import { createLog } from './log.js';
import { closeMenu } from './menu.js';
import { createPeople } from './people.js';
import { drawIdentity, startPersonTools } from './person.js';
import { startRecordings } from './recordings.js';
import { showChannel, startTools } from './side.js';
import { ask, listen } from './talk.js';
import { showApp, showError, showLost, showTrouble } from './trouble.js';

const $ = (id) => document.getElementById(id);
const isPhone = matchMedia('(max-width: 719px)');
const log = createLog({ scroller: $('log'), list: $('messages'), button: $('to-end') }, sendOrShow);
const composer = startComposer({ send, showError, lastReply: () => log.lastReply() });
startActions($('messages'), {
  bubble: log.bubble,
  reaction: log.reaction,
  send: sendOrShow,
  reply: composer.reply,
  edit: composer.edit,
  happened: (bubble) => happened.show(bubble),
  showError,
});
const list = createPeople($('people'));
const people = new Map();
/** The person whose phone this is. */
let chosen;
/** The chat whose bubbles are drawn. */
let drawn;
/** Bubbles that arrived while the chat was being fetched. */
let early;
const happened = startHappened({ person: () => chosen, bubble: log.bubble, showError });

listen(
  {
    start({ channel, app, faults, trouble, chats, clock, dev }) {
      showChannel(channel);
      people.clear();
      for (const chat of chats) people.set(chat.id, chat);
      showApp(app);
      showTrouble(trouble);
      drawFaults(faults);
      showClock(clock ?? { offsetMs: 0, canSkip: false });
      showDev(dev === true);
      drawn = undefined;
      showAddressed();
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
    /** The person has another number or user id. */
    moved({ from, chat }) {
      people.delete(from);
      people.set(chat.id, chat);
      if (chosen === from) {
        chosen = drawn = chat.id;
        composer.moved(chat.id);
        if (addressed() === from) history.replaceState(null, '', addressOf(chat.id));
        showChat();
      }
      showPeople();
    },
    app: showApp,
    trouble: showTrouble,
    faults: drawFaults,
    clock: showClock,
    entry: ({ person, entry }) => happened.entry(person, entry),
  },
  showLost,
);

// --- the address -------------------------------------------------------------------------------------------------

/** Shows the chat or the list that the address names. */
function showAddressed() {
  const id = addressed();
  if (people.has(id)) return open(id);
  if (id !== undefined) showError(new Error(`There is no chat with ${id} here.`));
  const first = people.has(chosen) ? chosen : newestFirst()[0]?.id;
  if (!isPhone.matches && first !== undefined) {
    history.replaceState(null, '', addressOf(first));
    return open(first);
  }
  const wasChat = document.body.dataset.view === 'chat';
  showView('list');
  closeMenu();
  chosen = first;
  drawn = undefined;
  if (first !== undefined) showChat();
  drawPeople();
  if (wasChat) list.focus(first);
}
addEventListener('hashchange', showAddressed);
isPhone.addEventListener('change', showAddressed);

/** On a phone one of the two is shown, and that is the main part of the page. */
function showView(view) {
  document.body.dataset.view = view;
  $('side').role = isPhone.matches && view === 'list' ? 'main' : 'complementary';
}

async function open(id) {
  const comes = chosen !== id || document.body.dataset.view !== 'chat';
  showView('chat');
  if (drawn === id) return;
  const arrived = [];
  chosen = id;
  early = arrived;
  closeMenu();
  composer.open(id);
  showPeople();
  list.stopAt(id);
  const chat = await ask(`chats/${encodeURIComponent(id)}`).catch(showError);
  if (!chat || early !== arrived) return;
  log.show(chat.bubbles);
  drawn = id;
  showChat();
  for (const bubble of arrived) log.put(bubble);
  early = undefined;
  happened.open(id);
  readAll();
  if (comes) focusComposer();
}

/** Ready to write; where that would open the keyboard of the screen, at the top of the chat. */
function focusComposer() {
  if (!matchMedia('(pointer: coarse)').matches) $('words').focus();
  if (document.activeElement !== $('words')) $('title').focus();
}

// --- the chat ----------------------------------------------------------------------------------------------------

function showBubble(bubble) {
  const isNew = log.put(bubble);
  if (isNew && isOpen() && bubble.by === 'business') announce($('announced'), `Ansari: ${summaryOf(bubble)}`);
  readAll();
}

function isOpen() {
  return drawn !== undefined && document.body.dataset.view === 'chat';
}

function showChat() {
  const person = people.get(chosen);
  const { name, typing, phoneOff } = person;
  drawIdentity(person);
  document.title = isOpen() ? `${name} – simulated WhatsApp` : 'Simulated WhatsApp';
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
    drawPeople();
  });
}

function drawPeople() {
  list.draw(newestFirst().slice(0, 100), document.body.dataset.view === 'chat' ? chosen : undefined);
}

function newestFirst() {
  return [...people.values()].sort((a, b) => (b.last?.order ?? 0) - (a.last?.order ?? 0));
}

/** Marks replies as read while the page is visible and shows the chat. */
function readAll() {
  if (document.visibilityState === 'visible' && isOpen() && log.hasUnread())
    ask('read', { person: chosen }).catch(showError);
}
document.addEventListener('visibilitychange', readAll);

async function send(content) {
  await ask('say', { person: chosen, content });
  showError(undefined);
}

function sendOrShow(content) {
  return send(content).catch(showError);
}

const tools = { person: () => chosen, owner: (phone) => people.get(phone), showError };
startFaults(tools);
startProcess(tools);
startClock(tools);
startTools({
  ...tools,
  opened(person) {
    // The event about the new chat may come later than this answer.
    if (!people.has(person.id))
      people.set(person.id, { ...person, phoneOff: false, typing: false, last: null });
    location.assign(addressOf(person.id));
  },
});
startRecordings({ person: () => chosen, showError });
startPersonTools(tools);
