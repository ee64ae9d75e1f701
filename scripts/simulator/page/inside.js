import { now } from './clock.js';
import { drawConversation, timeOf } from './conversation.js';
import { duration } from './duration.js';
import { make } from './elements.js';
import { ask } from './talk.js';

const EVERY_MS = 5_000;
/** So many events come at once that only the last one is worth a question. */
const SETTLED_MS = 300;

/**
 * What the app's store has of the person: state, lease, parts, dead letters. It is asked for while it is seen: at once, after
 * the events of the chat, and every few seconds. `person()` returns the id of the open chat.
 */
export function createInside(place, said, { person, showError }) {
  let isSeen = false;
  let timer;
  let ticks;
  /** The JSON that is drawn: the focus stays where nothing has changed. */
  let drawn;

  async function refresh() {
    clearTimeout(timer);
    if (!isSeen) return;
    const id = person();
    if (id !== undefined) {
      const inside = await ask(`inside?person=${encodeURIComponent(id)}`).catch((error) => ({
        available: false,
        why: error.message,
      }));
      if (person() === id && isSeen) draw(inside);
    }
    clearTimeout(timer);
    if (isSeen) timer = setTimeout(refresh, EVERY_MS);
  }

  function draw(inside) {
    const json = JSON.stringify(inside);
    if (json === drawn) return;
    drawn = json;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.turn : undefined;
    place.replaceChildren(...sections(inside));
    countDown();
    if (focused !== undefined) place.querySelector(`[data-turn="${CSS.escape(focused)}"]`)?.focus();
  }

  function countDown() {
    for (const element of place.querySelectorAll('[data-until]')) {
      const left = Number(element.dataset.until) - now();
      element.textContent = left > 0 ? `in ${duration(Math.ceil(left / 1_000) * 1_000)}` : 'over';
    }
  }

  place.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-turn]');
    if (!button) return;
    button.disabled = true;
    said.textContent = 'Asking the app to answer it again…';
    try {
      await ask('redrive', { turn: button.dataset.turn });
      said.textContent = 'It waits for a worker again: the timeline shows its next attempt.';
      showError(undefined);
      drawn = undefined;
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
    refresh();
  });

  return {
    /** Whether the tab is seen. */
    see(on) {
      isSeen = on;
      clearInterval(ticks);
      clearTimeout(timer);
      if (!on) return;
      ticks = setInterval(countDown, 1_000);
      refresh();
    },
    /** Something has happened in the open chat. */
    changed() {
      if (!isSeen) return;
      clearTimeout(timer);
      timer = setTimeout(refresh, SETTLED_MS);
    },
    /** Another chat is open. */
    moved() {
      drawn = undefined;
      said.textContent = '';
      place.replaceChildren();
      refresh();
    },
  };
}

function sections({ available, why, conversations, deadLetters, backlog, queue }) {
  if (!available) return [make('p', { class: 'hint' }, `The inside is not available: ${why}`)];
  const nothing = make('p', { class: 'hint' }, 'The app has no conversation with this person yet.');
  return [
    ...(conversations.length === 0 ? [nothing] : conversations.map(drawConversation)),
    drawQueue(backlog, queue),
    drawDeadLetters(deadLetters),
  ];
}

function drawQueue({ waiting, oldestAt, deadLetters }, queue) {
  const oldest = oldestAt === undefined ? [] : [['Oldest since', timeOf(oldestAt)]];
  const rows = [
    ['Queue', queue],
    ['Conversations that wait', waiting],
    ...oldest,
    ['Dead letters', deadLetters],
  ];
  const entries = rows.map(([name, value]) =>
    make('div', {}, make('dt', {}, name), make('dd', {}, String(value))),
  );
  return make('section', {}, make('h3', {}, 'Queue, of everyone'), make('dl', {}, ...entries));
}

function drawDeadLetters(letters) {
  const title = make('h3', {}, 'Dead letters of this person');
  if (letters.length === 0) return make('section', {}, title, make('p', { class: 'hint' }, 'None.'));
  const rows = letters.map(({ turnId, reason, gaveUpAt, messages }) =>
    make(
      'li',
      {},
      make('p', { dir: 'auto' }, reason),
      make(
        'p',
        { class: 'hint' },
        `given up ${timeOf(gaveUpAt)}, ${messages} message${messages === 1 ? '' : 's'}`,
      ),
      make(
        'button',
        { type: 'button', class: 'quiet', 'data-turn': turnId, 'aria-label': `Redrive: ${reason}` },
        'Redrive',
      ),
    ),
  );
  return make('section', {}, title, make('ul', { class: 'letters' }, ...rows));
}
