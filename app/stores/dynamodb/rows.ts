import type { Conversation, Facts, Questions } from '../../domain/conversation.ts';
import type { ChannelName, Person, Progress } from '../../domain/message.ts';
import { type FailedSend, type Part, type Sends, shownPart } from '../../domain/part.ts';
import { threadFrom, threadStateText } from '../thread-state.ts';
import {
  number,
  optionalFlag,
  optionalNumber,
  optionalNumbers,
  optionalText,
  type Row,
  text,
  texts,
  type Value,
} from './attributes.ts';
import { type Entry, readEntry } from './entries.ts';

/** A conversation's own item. */
export interface Held {
  readonly conversation: Conversation;
  /** Names that belong to its person, or did. */
  readonly names: readonly string[];
  /** Where its messages lie; the first of them is that of the message that opened it. */
  readonly lanes: readonly [string, ...string[]];
  readonly fence: number;
  readonly token: string | undefined;
  readonly leaseUntil: number;
  readonly retryAt: number;
  readonly lastAt: number;
  /** A turn was to be reopened once: what says so lies beside the messages. */
  readonly wasAsked: boolean;
  readonly openedAt: number;
  /** When the newest message was sent that a turn has taken, or that opened the conversation. */
  readonly lastSentAt: number;
  /** The open turn, or the last one. */
  readonly turn: HeldTurn | undefined;
}

export interface HeldTurn {
  readonly id: string;
  readonly entries: readonly Entry[];
  /** Undefined: an earlier release opened it. */
  readonly newestAt: number | undefined;
  readonly reopened: boolean;
  readonly attempts: number;
  /** Places of the parts that belong to the reply, once it is written. */
  readonly places: readonly number[] | undefined;
  readonly nextPlace: number;
  readonly buried: { readonly reason: string; readonly at: number } | undefined;
  /** The token that finished it; its messages may still have to be put away. */
  readonly finishedBy: string | undefined;
}

export function heldFrom(row: Row): Held {
  const id = text(row, 'conversation');
  const lane = text(row, 'lane');
  return {
    conversation: {
      id,
      channel: channelOf(text(row, 'channel')),
      number: text(row, 'number'),
      account: text(row, 'account'),
      person: personFrom(row),
      ...factsFrom(row),
    },
    names: texts(row, 'names'),
    lanes: [lane, ...texts(row, 'lanes').filter((other) => other !== lane)],
    fence: number(row, 'fence'),
    token: optionalText(row, 'token'),
    leaseUntil: number(row, 'lease_until'),
    retryAt: number(row, 'retry_at'),
    lastAt: number(row, 'last_at'),
    wasAsked: optionalFlag(row, 'was_asked') ?? false,
    openedAt: number(row, 'opened_at'),
    lastSentAt: number(row, 'last_sent_at'),
    turn: turnFrom(row, lane),
  };
}

function turnFrom(row: Row, home: string): HeldTurn | undefined {
  const id = optionalText(row, 'turn');
  if (id === undefined) return undefined;
  const reason = optionalText(row, 'turn_buried');
  return {
    id,
    entries: texts(row, 'turn_messages').map((entry) => readEntry(entry, home)),
    newestAt: optionalNumber(row, 'turn_newest_at'),
    reopened: optionalFlag(row, 'turn_reopened') ?? false,
    attempts: number(row, 'turn_attempts'),
    places: optionalNumbers(row, 'turn_places'),
    nextPlace: optionalNumber(row, 'turn_next_place') ?? 0,
    buried: reason === undefined ? undefined : { reason, at: number(row, 'turn_buried_at') },
    finishedBy: optionalText(row, 'turn_finished_by'),
  };
}

function personFrom(row: Row): Person {
  const phone = optionalText(row, 'phone');
  const userId = optionalText(row, 'user_id');
  return { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) };
}

function factsFrom(row: Row): Facts {
  const language = optionalText(row, 'language');
  const registered = optionalFlag(row, 'registered');
  const thread = optionalText(row, 'thread');
  const questions = optionalText(row, 'questions');
  return {
    ...(language !== undefined && { language }),
    ...(registered !== undefined && { registered }),
    ...(thread !== undefined && {
      thread: threadFrom(thread, number(row, 'thread_at'), optionalText(row, 'thread_state')),
    }),
    ...(questions !== undefined && { questions: JSON.parse(questions) as Questions }),
  };
}

export function factValues(facts: Facts): Record<string, Value | undefined> {
  const { language, registered, thread, questions } = facts;
  return {
    language,
    registered,
    thread: thread?.id,
    thread_at: thread?.lastAt,
    thread_state: thread && threadStateText(thread),
    questions: questions && JSON.stringify(questions),
  };
}

export function partFrom(row: Row): Part {
  const words = optionalText(row, 'text') ?? '';
  const triedAt = optionalNumber(row, 'tried_at');
  return shownPart({ key: text(row, 'key'), text: words, triedAt }, sendsFrom(row));
}

export function sendsFrom(row: Row): Sends {
  const progress = optionalText(row, 'progress');
  const failures = optionalText(row, 'failures');
  return {
    state: stateOf(text(row, 'state')),
    progress: progress === undefined ? undefined : progressOf(progress),
    code: optionalText(row, 'code'),
    platformId: optionalText(row, 'platform_id'),
    failures: failures === undefined ? [] : (JSON.parse(failures) as FailedSend[]),
  };
}

/** What is set of a part, and what is removed, when its sends are these. */
export function sendsValues({ state, progress, code, platformId, failures }: Sends) {
  const values = {
    ...{ state, progress, code, platform_id: platformId },
    failures: failures.length === 0 ? undefined : JSON.stringify(failures),
  };
  const remove = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [name] : []));
  return { set: values, remove };
}

function stateOf(word: string): Part['state'] {
  if (word === 'unsent' || word === 'sending' || word === 'sent') return word;
  throw new Error(`a part is ${word}, which this program does not know`);
}

export function channelOf(word: string): ChannelName {
  if (word === 'meta' || word === 'twilio') return word;
  throw new Error(`a conversation is on ${word}, which this program does not know`);
}

function progressOf(word: string): Progress {
  const known: readonly Progress[] = ['sent', 'delivered', 'read', 'played', 'failed'];
  return known.find((progress) => progress === word) ?? 'other';
}
