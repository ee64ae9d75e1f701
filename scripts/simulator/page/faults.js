import { make } from './elements.js';
import { faultKinds, faultName } from './fault-kinds.js';
import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);
/** The faults of the platform. */
let kinds = faultKinds('meta').flatMap(([, group]) => group);

/** Draws the faults that the platform has. */
export function drawFaultKinds(channel) {
  const groups = faultKinds(channel);
  kinds = groups.flatMap(([, group]) => group);
  $('fault-kinds').replaceChildren(
    ...groups.map(([label, group]) =>
      make(
        'optgroup',
        { label },
        ...group.map((kind) => make('option', { value: kinds.indexOf(kind) }, kind[0])),
      ),
    ),
  );
  showSetting();
}

/** Shows the number that is set with the chosen fault. */
function showSetting() {
  const [, , setting] = kinds[Number($('fault-kinds').value)] ?? [];
  const field = $('fault-number');
  field.parentElement.hidden = field.disabled = setting === undefined;
  if (setting === undefined) return;
  $('fault-number-label').textContent = setting.label;
  field.min = setting.min;
  field.value = setting.value;
}

/** The form and the list of faults. `person()` returns the id of the open chat; `showError` as in `startTools`. */
export function startFaults({ person, showError }) {
  $('fault-kinds').addEventListener('change', showSetting);
  $('add-fault').addEventListener('submit', (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const [, rule, setting] = kinds[Number(form.get('fault'))];
    ask('faults', {
      ...rule,
      ...(setting ? { [setting.name]: Number(form.get('number')) } : {}),
      ...JSON.parse(form.get('often')),
      ...(form.has('only') ? { person: person() } : {}),
    }).then(() => showError(undefined), showError);
  });
  const end = (query = '') => ask(`faults${query}`, undefined, 'DELETE').catch(showError);
  $('end-faults').addEventListener('click', () => end());
  $('faults').addEventListener('click', ({ target }) => {
    const query = target.closest('button')?.dataset.query;
    if (query) end(query);
  });
}

/** Draws the active faults. */
export function drawFaults(faults) {
  $('faults').replaceChildren(...faults.map(drawFault));
  $('no-faults').hidden = faults.length > 0;
  $('end-faults').hidden = faults.length < 2;
}

function drawFault(fault) {
  const { kind, code } = fault;
  const query = new URLSearchParams({ kind, ...(code === undefined ? {} : { code }) });
  const name = faultName(fault, kinds);
  const button = make(
    'button',
    { type: 'button', class: 'quiet', 'data-query': `?${query}`, 'aria-label': `End: ${name}` },
    'End',
  );
  return make('li', {}, make('span', {}, name), button);
}
