import { make } from './elements.js';
import { ask } from './talk.js';

const OF_META = [
  ['Too much to this person: 131056', { kind: 'refuse', code: 131056 }],
  ['Too much from this number: 130429', { kind: 'refuse', code: 130429 }],
  ['Something went wrong: 131000', { kind: 'refuse', code: 131000 }],
  ['The access token expired: 190', { kind: 'refuse', code: 190 }],
  ['Accepted, and fails later: 131026', { kind: 'fails_later', code: 131026 }],
];
const OF_TWILIO = [
  ['Too much from this number: 63018', { kind: 'refuse', code: 63018 }],
  ['Something went wrong: HTTP 500', { kind: 'refuse', code: 20500 }],
  ['The auth token was changed: 20003', { kind: 'refuse', code: 20003 }],
  ['Accepted, and fails later: 63018', { kind: 'fails_later', code: 63018 }],
  ['Accepted, and not delivered: 63024', { kind: 'fails_later', code: 63024 }],
];
const OF_BOTH = [
  ['Too many requests: HTTP 429', { kind: 'throttled', retryAfterSeconds: 5 }],
  ['Accepted, and the answer is lost', { kind: 'lost' }],
  ['Accepted, and answered 20 seconds later', { kind: 'slow', ms: 20_000 }],
  ['The connection is cut', { kind: 'cut' }],
  ['Statuses are dropped', { kind: 'drop_statuses' }],
  ['Every delivery comes five times', { kind: 'duplicate', times: 5 }],
  ['Deliveries overtake each other', { kind: 'shuffle', withinMs: 2_000 }],
];
/** The faults of the platform. */
let kinds = OF_BOTH;

const $ = (id) => document.getElementById(id);

/** Shows what this platform has. */
export function showChannel(channel) {
  document.body.dataset.channel = channel;
  for (const element of document.querySelectorAll('[data-channel]:not(body)'))
    element.hidden = element.dataset.channel !== channel;
  drawFaultKinds(channel);
}

/** Draws the faults that the platform has. */
function drawFaultKinds(channel) {
  kinds = [...(channel === 'twilio' ? OF_TWILIO : OF_META), ...OF_BOTH];
  $('fault-kinds').replaceChildren(...kinds.map(([name], i) => make('option', { value: i }, name)));
}

/**
 * The forms beside the list. `owner` returns the person who has a phone number. `opened` is called with a new person.
 * `showError` is called with an error when a request is rejected, and with undefined after the next one that is not.
 */
export function startTools({ person, owner, opened, showError }) {
  onSubmit('add-person', async (form) => {
    const entered = [...form]
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== '');
    const fields = Object.fromEntries(entered);
    if (fields.phone !== undefined) fields.phone = digitsOf(fields.phone);
    const other = owner(fields.phone);
    if (other)
      throw new Error(`${other.name} has this phone number already: choose that chat, or another number.`);
    const added = await ask('people', fields);
    $('add-person').reset();
    opened(added);
  });
  onSubmit('add-fault', async (form) => {
    const [, fault] = kinds[Number(form.get('fault'))];
    const next = form.get('next');
    await ask('faults', { ...fault, ...(next ? { next: Number(next) } : {}) });
  });
  const end = (query = '') => ask(`faults${query}`, undefined, 'DELETE').catch(showError);
  $('end-faults').addEventListener('click', () => end());
  $('faults').addEventListener('click', ({ target }) => {
    const query = target.closest('button')?.dataset.query;
    if (query) end(query);
  });
  $('phone-off').addEventListener('change', ({ target }) => {
    ask('phone', { person: person(), off: target.checked }).catch(showError);
  });
  $('verify').addEventListener('click', async () => {
    $('verified').textContent = 'Asking…';
    const { passed, status } = await ask('verify', {}).catch((error) => {
      showError(error);
      return {};
    });
    const failed = status ? `It answered ${status}, which is not the challenge.` : 'It does not answer.';
    $('verified').textContent = passed ? 'It answered with the challenge.' : failed;
  });

  function onSubmit(id, act) {
    $(id).addEventListener('submit', (event) => {
      event.preventDefault();
      act(new FormData(event.target)).then(() => showError(undefined), showError);
    });
  }
}

/** Draws the active faults. */
export function drawFaults(faults) {
  $('faults').replaceChildren(...faults.map(drawFault));
  $('end-faults').hidden = faults.length < 2;
}

function drawFault(fault) {
  const { kind, code } = fault;
  const query = new URLSearchParams({ kind, ...(code === undefined ? {} : { code }) });
  const name = faultName(fault);
  const button = make(
    'button',
    { type: 'button', 'data-query': `?${query}`, 'aria-label': `End: ${name}` },
    'End',
  );
  return make('li', {}, make('span', {}, name), button);
}

function faultName(fault) {
  const known =
    kinds.find(([, { kind, code }]) => kind === fault.kind && code === fault.code)?.[0] ?? fault.kind;
  if (!fault.next) return known;
  return `${known} (${fault.next === 1 ? 'once' : `${fault.next} more`})`;
}

/** Returns a phone number without `+`, spaces, hyphens, dots and brackets, as it is written in messages. */
export function digitsOf(phone) {
  return phone.replace(/[\s()+.-]/g, '');
}
