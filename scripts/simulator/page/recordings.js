import { addressOf } from './address.js';
import { make } from './elements.js';
import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);

/**
 * The form that saves the open chat as a test, and the list of recorded chats. `person()` returns the id of the open chat;
 * `showError` as in `startTools`.
 */
export function startRecordings({ person, showError }) {
  const section = $('recordings');
  const list = $('recorded');
  const line = $('recordings-line');

  async function draw(chosen = list.value) {
    const names = await ask('recordings');
    list.replaceChildren(...names.map((name) => make('option', {}, name)));
    if (names.includes(chosen)) list.value = chosen;
    for (const element of section.querySelectorAll('#recorded, [data-deed]'))
      element.disabled = names.length === 0;
  }

  async function save(form) {
    const name = form.get('name').trim();
    const replace = form.has('replace');
    const { messages } = await ask('recordings', { person: person(), name, replace });
    line.textContent = `Saved ${messages} messages as ${name}. npm test replays them.`;
    await draw(name);
  }

  const deeds = {
    async replay(name) {
      line.textContent = `Replaying ${name}…`;
      const { same, sent, person: replayed } = await ask(`recordings/${name}/replay`, {});
      const replies = sent.length === 1 ? 'reply' : 'replies';
      line.textContent = same
        ? `The same ${sent.length} ${replies} came.`
        : `Other replies came than recorded: ${sent.length}.`;
      location.hash = addressOf(replayed);
    },
    async open(name) {
      const { person: opened } = await ask(`recordings/${name}/open`, {});
      line.textContent = '';
      location.hash = addressOf(opened);
    },
  };

  function perform(deed) {
    deed.then(
      () => showError(undefined),
      (error) => {
        line.textContent = '';
        showError(error);
      },
    );
  }

  section.addEventListener('toggle', () => section.open && perform(draw()));
  $('save-chat').addEventListener('submit', (event) => {
    event.preventDefault();
    perform(save(new FormData(event.target)));
  });
  section.addEventListener('click', ({ target }) => {
    const deed = deeds[target.closest('[data-deed]')?.dataset.deed];
    if (deed) perform(deed(list.value));
  });
}
