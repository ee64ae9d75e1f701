import { summaryOf } from './contents.js';
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

/** Draws the list of people. `choose` is called with the id of the chosen one. */
export function drawPeople(people, chosen, choose) {
  const focused = document.activeElement?.dataset?.person;
  $('people').replaceChildren(
    ...people.map((person) => {
      const last = person.last;
      const unread = last?.by === 'business' && last.progress !== 'read' && person.id !== chosen;
      const button = make(
        'button',
        {
          type: 'button',
          'data-person': person.id,
          ...(person.id === chosen ? { 'aria-current': 'true' } : {}),
        },
        make('span', { class: 'avatar', 'aria-hidden': 'true' }, [...person.name][0] ?? '?'),
        make('span', { class: 'name', dir: 'auto' }, person.name),
        make('span', { class: 'last', dir: 'auto' }, summary(person)),
      );
      if (unread) button.append(make('span', { class: 'dot', role: 'img', 'aria-label': 'unread' }));
      button.addEventListener('click', () => choose(person.id));
      return make('li', {}, button);
    }),
  );
  if (focused) document.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

function summary({ phone, username, typing, last }) {
  if (typing) return 'typing…';
  if (!last) return phone ? `+${phone}` : username ? `@${username}` : 'phone number hidden';
  return summaryOf(last);
}

/** Draws the faults that the platform has. */
export function drawFaultKinds(channel) {
  kinds = [...(channel === 'twilio' ? OF_TWILIO : OF_META), ...OF_BOTH];
  $('fault-kinds').replaceChildren(...kinds.map(([name], i) => make('option', { value: i }, name)));
}

/** The forms beside the list. `showError` is called with a sentence when a request is rejected. */
export function startTools({ person, choose, showError }) {
  onSubmit('add-person', async (form) => {
    const filled = [...form].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== '');
    const added = await ask('people', Object.fromEntries(filled));
    $('add-person').reset();
    choose(added.id);
  });
  onSubmit('add-fault', async (form) => {
    const [, fault] = kinds[Number(form.get('fault'))];
    const next = form.get('next');
    await ask('faults', { ...fault, ...(next ? { next: Number(next) } : {}) });
  });
  $('end-faults').addEventListener('click', () =>
    fetch('/control/faults', { method: 'DELETE' }).catch(showError),
  );
  $('phone-off').addEventListener('change', ({ target }) => {
    ask('phone', { person: person(), off: target.checked }).catch(showError);
  });
  $('verify').addEventListener('click', async () => {
    $('verified').textContent = 'Asking…';
    const { passed, status } = await ask('verify', {});
    const failed = status ? `It answered ${status}, which is not the challenge.` : 'It does not answer.';
    $('verified').textContent = passed ? 'It answered with the challenge.' : failed;
  });

  function onSubmit(id, act) {
    $(id).addEventListener('submit', (event) => {
      event.preventDefault();
      act(new FormData(event.target)).catch(showError);
    });
  }
}

/** Draws the active faults. */
export function drawFaults(faults) {
  $('faults').replaceChildren(...faults.map((fault) => make('li', {}, faultName(fault))));
  $('end-faults').hidden = faults.length === 0;
}

function faultName(fault) {
  const known =
    kinds.find(([, { kind, code }]) => kind === fault.kind && code === fault.code)?.[0] ?? fault.kind;
  return fault.next ? `${known} (${fault.next} more)` : known;
}
