import { startActions } from './actions.js';
import { startComposer } from './composer.js';
import { createLog } from './log.js';
import { drawIdentity, startPersonTools } from './person.js';
import { drawFaultKinds, drawFaults, drawPeople, startTools } from './side.js';
import { ask, listen } from './talk.js';

const $ = (id) => document.getElementById(id);
const log = createLog($('log'), (content) => send(content).catch(showError));
const composer = startComposer({ send, showError, lastReply: () => log.lastReply() });
const actions = startActions($('log'), {
  ...log,
  send: (content) => send(content).catch(showError),
  reply: composer.reply,
  edit: composer.edit,
});
const people = new Map();
let chosen;
/** Bubbles that arrived while the chat was being fetched. */
let early;

listen(
  {
    start({ channel, app, faults, chats }) {
      showChannel(channel);
      people.clear();
      for (const chat of chats) people.set(chat.id, chat);
      showApp(app);
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
    /** The person has another number or user id. */
    moved({ from, chat }) {
      people.delete(from);
      people.set(chat.id, chat);
      if (chosen === from) chosen = chat.id;
      showPeople();
      if (chosen === chat.id) showChat();
    },
    app: showApp,
    faults: drawFaults,
  },
  () => showStatus('The simulator does not answer; trying again.'),
);

async function choose(id) {
  if (id === undefined) return;
  chosen = id;
  early = [];
  composer.end();
  actions.close();
  openSide(false);
  showPeople();
  const chat = await ask(`chats/${encodeURIComponent(id)}`).catch(showError);
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
  const person = people.get(chosen);
  const { name, typing, phoneOff } = person;
  drawIdentity(person);
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

/** Marks replies as read while the page is visible. */
function readAll() {
  if (document.visibilityState === 'visible' && log.unread())
    ask('read', { person: chosen }).catch(showError);
}
document.addEventListener('visibilitychange', readAll);

/** Shows what this platform has. */
function showChannel(channel) {
  document.body.dataset.channel = channel;
  for (const element of document.querySelectorAll('[data-channel]:not(body)'))
    element.hidden = element.dataset.channel !== channel;
  drawFaultKinds(channel);
}

// --- errors ------------------------------------------------------------------------------------------------------

function showApp(state) {
  if (state === 'down') showStatus('The webhook app does not answer; trying again.');
  else if (typeof state === 'number' && state !== 200)
    showStatus(`The webhook app answered ${state}, not 200; trying again.`);
  else showStatus('');
}

function showError(error) {
  showStatus(`${error.message}`);
}

function showStatus(sentence) {
  $('trouble').hidden = sentence === '';
  $('trouble').textContent = sentence;
}

async function send(content) {
  await ask('say', { person: chosen, content });
}

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
  if (key === 'Escape') openSide(false);
});

startTools({ person: () => chosen, choose, showError });
startPersonTools({ person: () => chosen, showError });
