import { randomUUID } from 'node:crypto';
import { turnOf } from '../../../app/domain/part.ts';
import type { StepLine } from '../../tracing/step-line.ts';
import type { Chat, Chats } from '../chats.ts';
import type { Entry } from './entries.ts';
import type { Exchange } from './exchange.ts';
import { createHops, type Hops } from './hops.ts';
import { createKnown, type Known } from './known.ts';

const MAX_ENTRIES = 20_000;
const MAX_UNASSIGNED = 1_000;

/** Collects what happens to the messages: exchanges, steps of the app, notes. In memory and bounded. */
export interface Recorder extends Pick<Hops, 'find'> {
  /** Returns the id of the hop. */
  exchange(exchange: Exchange): string;
  /** Returns the entry of an exchange. */
  hop(id: string): Entry | undefined;
  step(step: StepLine): void;
  note(text: string): void;
  /** Returns the entries of a chat by time; with a message those of its turn and of its deliveries. */
  timeline(chat: Chat, message?: string): readonly Entry[];
  /** Returns the deliveries with one of these messages, by time: they may have messages of other people too. */
  deliveriesOf(messages: ReadonlySet<string>): readonly Exchange[];
  /** The hash of the app's log. */
  readonly setHash: Known['setHash'];
  /** Returns the person whose turn has this trace id; undefined until the app has said that it is claimed. */
  personOfTrace(traceId: string): string | undefined;
}

interface Dependencies {
  readonly chats: Chats;
  readonly now: () => number;
  /** Gets each entry once its chat is known; a note is of no chat. */
  readonly onEntry: (person: string | null, entry: Entry) => void;
}

/** An entry that is written down, and what its chat and its ids are found by. */
interface Row {
  chat: Chat | undefined;
  entry: Entry;
  readonly exchange?: Exchange;
  readonly step?: StepLine;
}

export function createRecorder({ chats, now, onEntry }: Dependencies): Recorder {
  const hops = createHops();
  const known = createKnown(chats);
  let rows: Row[] = [];
  let unassigned: Row[] = [];

  function add(row: Row): void {
    rows.push(row);
    if (rows.length > MAX_ENTRIES) rows = rows.slice(MAX_ENTRIES / 10);
    unassigned.push(row);
    if (unassigned.length > MAX_UNASSIGNED) unassigned.shift();
    assign();
  }

  /** What arrives may say whose an earlier entry is. */
  function assign(): void {
    unassigned = unassigned.filter((row) => {
      row.entry = completed(row);
      row.chat = chatOf(row);
      if (row.chat === undefined) return true;
      onEntry(row.chat.person.id, row.entry);
      return false;
    });
  }

  function completed({ entry, exchange, step }: Row): Entry {
    if (entry.type === 'step' && step !== undefined)
      return { ...entry, message: known.plain(step.message), bubble: known.plain(step.sent) };
    if (entry.type !== 'hop' || exchange === undefined) return entry;
    const [key] = exchange.about.keys;
    const turn = key === undefined ? known.turnOfTrace(exchange.traceId) : turnOf(key);
    const messages = entry.kind === 'assistant' ? known.messagesOf(turn) : entry.messages;
    return { ...entry, turn, messages };
  }

  function chatOf({ entry, exchange, step }: Row): Chat | undefined {
    if (entry.type === 'note') return undefined;
    if (entry.type === 'hop') return known.chatOf({ ...entry, people: exchange?.about.people ?? [] });
    const messages = [entry.message, entry.bubble].filter((id) => id !== undefined);
    return known.chatOf({ messages, turn: entry.turn, conversation: step?.who });
  }

  function ofMessage(all: readonly Entry[], message: string): readonly Entry[] {
    const key = chats.bubble(message)?.key;
    const turns = new Set(known.turnsOf(message));
    // At Twilio the key is an address.
    if (key !== undefined && !key.includes(':')) turns.add(turnOf(key));
    for (const entry of all) {
      const turn = isAbout(entry, message) ? turnOfEntry(entry) : undefined;
      if (turn !== undefined) turns.add(turn);
    }
    const own = new Set(
      all.filter((entry) => isAbout(entry, message) || turns.has(turnOfEntry(entry) ?? '')),
    );
    const times = [...own].map(({ at }) => at);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    // A wake-up names its conversation alone, and a note nothing.
    const isBetween = (entry: Entry) =>
      (entry.type === 'note' || (entry.type === 'step' && entry.name === 'woken')) &&
      entry.at >= first &&
      entry.at <= last;
    return all.filter((entry) => own.has(entry) || isBetween(entry));
  }

  return {
    find: hops.find,
    exchange(exchange) {
      known.learn(exchange.about);
      const entry = hops.add(exchange);
      add({ chat: undefined, entry, exchange });
      return entry.id;
    },
    hop: (id) => rows.findLast(({ entry }) => entry.id === id)?.entry,
    step(step) {
      const { time, step: name, turn, attempt, part, parts, outcome, code, ms } = step;
      if (name === 'claimed' && turn !== undefined) known.claimed(turn, known.plain(step.message), step.who);
      const at = Date.parse(time);
      const entry = { type: 'step', id: randomUUID(), at, name, turn, attempt, part, parts } as const;
      add({ chat: undefined, entry: { ...entry, outcome, code, ms }, step });
    },
    note(text) {
      const entry = { type: 'note', id: randomUUID(), at: now(), text } as const;
      rows.push({ chat: undefined, entry });
      onEntry(null, entry);
    },
    timeline(chat, message) {
      assign();
      const all = rows
        .filter((row) => row.entry.type === 'note' || row.chat === chat)
        .map(({ entry }) => entry)
        .filter((entry) => entry.type !== 'hop' || hops.find(entry.id) !== undefined)
        .sort((one, other) => one.at - other.at);
      return message === undefined ? all : ofMessage(all, message);
    },
    deliveriesOf: (messages) =>
      rows
        .filter(({ entry }) => entry.type === 'hop' && entry.messages.some((id) => messages.has(id)))
        .flatMap(({ exchange }) => (exchange?.kind === 'delivery' ? [exchange] : []))
        .sort((one, other) => one.at - other.at),
    setHash(hash) {
      known.setHash(hash);
      assign();
    },
    personOfTrace(traceId) {
      const turn = known.turnOfTrace(traceId);
      return turn === undefined ? undefined : known.chatOf({ turn })?.person.id;
    },
  };
}

function isAbout(entry: Entry, message: string): boolean {
  if (entry.type === 'hop') return entry.messages.includes(message);
  return entry.type === 'step' && (entry.message === message || entry.bubble === message);
}

function turnOfEntry(entry: Entry): string | undefined {
  return entry.type === 'note' ? undefined : entry.turn;
}
