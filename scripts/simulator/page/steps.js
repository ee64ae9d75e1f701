import { duration } from './duration.js';

/** By name of a step: what it says. Parts are counted from 0 in the app, and from 1 here. */
const STEPS = {
  stored: ({ outcome }) => STORED[outcome] ?? 'The app stored the message',
  woken: ({ ms }) => (ms > 0 ? `A worker is woken in ${duration(ms)}` : 'A worker is woken'),
  claimed: ({ attempt }) => `A worker takes it${attempt > 1 ? `, attempt ${attempt}` : ''}`,
  asked: () => 'The assistant is asked',
  first_byte: () => 'The first words of the assistant',
  answered: ({ outcome, code }) =>
    outcome === undefined ? 'The assistant has answered' : `The assistant failed: ${reason(outcome, code)}`,
  written: ({ parts }) => `The reply is stored${parts === undefined ? '' : `: ${count(parts, 'part')}`}`,
  sending: (step) => `${partOf(step)} is being sent`,
  sent: (step) => `${partOf(step)} is sent`,
  not_sent: (step) => `${partOf(step)} is not sent: ${reason(step.outcome, step.code)}`,
  status: ({ outcome, code }) => `Status: ${reason(outcome, code)}`,
  finished: () => 'Done',
  released: ({ ms }) => `Put back${ms === undefined ? '' : `, next attempt in ${duration(ms)}`}`,
  given_up: () => 'Given up',
};
const STORED = {
  new: 'The app stored the message',
  waiting: 'The app had it already; it waits',
  done: 'The app had it already; it is done',
};
const HOPS = {
  delivery: 'Delivery to the app',
  api: 'The app calls the platform',
  assistant: 'The app asks the assistant',
};
const BAD = ['given_up', 'not_sent'];

function reason(outcome, code) {
  return [outcome ?? 'unknown', ...(code === undefined ? [] : [`(${code})`])].join(' ');
}

function partOf({ part, parts }) {
  if (part === undefined) return 'A part';
  return `Part ${part + 1}${parts === undefined ? '' : ` of ${parts}`}`;
}

function count(amount, noun) {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Returns what a row of the timeline says. */
export function wordsOf(entry) {
  if (entry.type === 'note') return entry.text;
  if (entry.type === 'step') return STEPS[entry.name]?.(entry) ?? entry.name;
  const { kind, resent, attempt } = entry;
  return [
    HOPS[kind] ?? kind,
    ...(resent ? ['sent again'] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ].join(', ');
}

/** Returns the icon of a row, a symbol of `icons.svg`. */
export function iconOf(entry) {
  if (entry.type === 'note') return 'note';
  if (entry.type === 'hop')
    return { delivery: 'incoming', api: 'outgoing', assistant: 'assistant' }[entry.kind];
  return isBad(entry) ? 'failed' : 'step';
}

/** Returns true for a step or an exchange that failed. */
export function isBad(entry) {
  if (entry.type === 'hop') return entry.failure !== undefined || entry.status >= 400;
  if (BAD.includes(entry.name)) return true;
  return entry.name === 'answered' ? entry.outcome !== undefined : entry.outcome === 'failed';
}

/** Returns how an exchange ended: the status code, the failure, or that it is open. */
export function endingOf({ status, failure }) {
  return failure ?? (status === undefined ? 'open' : String(status));
}

/** Returns the path of a URL with its query; the whole when it is no URL. */
export function pathOf(url) {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}
