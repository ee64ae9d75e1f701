import { make } from './elements.js';

/** By status, as `npm run conversations` prints it: what it means. */
const STATUSES = {
  processing_reply: 'A worker has it.',
  failed: 'The turn was given up.',
  retry: 'It waits for the next attempt.',
  opted_out: 'The person has opted out.',
  handed_off: 'A person of the business answers.',
  waiting: 'Messages wait for a worker.',
  template_sent: 'A template was sent.',
  reply_sent: 'The reply was sent.',
  idle: 'Nothing waits.',
};

/** Draws what the app's store has of one conversation. `view`: as `npm run conversations -- show --json` prints it. */
export function drawConversation(view) {
  const { turn } = view;
  return make(
    'section',
    {},
    make('h3', {}, 'Conversation ', make('code', {}, view.id)),
    make(
      'p',
      { class: 'status', 'data-status': view.status },
      make('strong', {}, view.status.replaceAll('_', ' ')),
      ` ${STATUSES[view.status] ?? ''}`,
    ),
    make('dl', {}, ...rowsOf(view).map(drawRow)),
    ...(turn === undefined ? [] : [drawTurn(turn)]),
  );
}

/** Each: a name, and text or elements; undefined is left out. */
function rowsOf(view) {
  const { person, leaseUntil, retryAt, waiting, waitingSince, thread, handOff, optedOutAt, deadLetter } =
    view;
  const identities = [person.phone, person.userId].filter((name) => name !== undefined);
  return [
    ['Lease', leaseUntil === undefined ? 'free' : untilOf(leaseUntil)],
    ['Next attempt', retryAt && untilOf(retryAt)],
    ['Waits', waiting === 0 ? 'nothing' : `${waiting} message(s) since ${timeOf(waitingSince)}`],
    ['Thread', thread ? threadOf(thread) : 'none'],
    ['Identities', identities.length === 0 ? 'has moved to other conversations' : identities.join(', ')],
    ['Number', `${view.channel} ${view.number}`],
    ['Business', view.business],
    ['Language', view.language],
    ['Person wrote', view.inboundAt && timeOf(view.inboundAt)],
    ['AI notice', view.noticeAt && timeOf(view.noticeAt)],
    ['Handed off', handOff && `by the ${handOff.by} until ${timeOf(handOff.until)}`],
    ['Because', handOff?.reason],
    ['Opted out', optedOutAt && timeOf(optedOutAt)],
    ['Dead letter', deadLetter && `${timeOf(deadLetter.gaveUpAt)}: ${deadLetter.reason}`],
  ].filter(([, value]) => value !== undefined);
}

function drawRow([name, value]) {
  return make('div', {}, make('dt', {}, name), make('dd', { dir: 'auto' }, value));
}

function threadOf({ lastAt, questions }) {
  return `last used ${timeOf(lastAt)}, ${questions ?? 'an unknown number of'} question(s)`;
}

/** The countdown is written each second by who shows it. */
function untilOf(at) {
  const left = make('span', { 'data-until': Date.parse(at) });
  return make('span', {}, `until ${timeOf(at)}, `, left);
}

function drawTurn({ id, isOpen, attempts, messages, gaveUpReason, parts = [] }) {
  const said = `${isOpen ? 'open' : 'ended'}, ${attempts} attempt(s), ${messages} message(s)`;
  const reason =
    gaveUpReason === undefined ? [] : [make('p', { class: 'problem', dir: 'auto' }, gaveUpReason)];
  return make(
    'div',
    { class: 'turn' },
    make('h4', {}, 'Newest turn ', make('code', {}, id)),
    make('p', {}, said),
    ...reason,
    ...(parts.length === 0
      ? [make('p', { class: 'hint' }, 'The reply is not written yet.')]
      : [drawParts(parts)]),
  );
}

function drawParts(parts) {
  const heads = ['Part', 'State', 'Mark', 'Tried'].map((name) => make('th', { scope: 'col' }, name));
  const rows = parts.map(({ state, progress, code, triedAt, failures, isTemplate }, index) => {
    const mark = [progress ?? 'none', ...(code === undefined ? [] : [`(${code})`])].join(' ');
    const before = failures === undefined ? '' : `; before: ${failures.join(', ')}`;
    const cells = [
      `${index + 1}${isTemplate ? ', template' : ''}`,
      state,
      mark + before,
      triedAt === undefined ? '' : clock(triedAt),
    ];
    return make('tr', {}, ...cells.map((cell) => make('td', {}, cell)));
  });
  const head = make('thead', {}, make('tr', {}, ...heads));
  return make('table', { 'aria-label': 'Parts of the reply' }, head, make('tbody', {}, ...rows));
}

function clock(at) {
  return new Date(at).toLocaleTimeString([], { timeStyle: 'medium' });
}

/** Returns date and time as the browser's language writes it. `at`: ISO 8601, or milliseconds since 1970. */
export function timeOf(at) {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}
