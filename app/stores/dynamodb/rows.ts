import type { ChannelName, Person, Progress } from '../../conversation/message.ts';
import type { Conversation, ConversationId, Facts, Part, Questions } from '../../ports.ts';
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
  /** Names of the identities that lead here. */
  readonly names: readonly string[];
  /** Where its messages lie. */
  readonly lanes: readonly string[];
  readonly fence: number;
  readonly token: string | undefined;
  readonly leaseUntil: number;
  readonly retryAt: number;
  readonly lastAt: number;
  /** The open turn, or the last one. */
  readonly turn: HeldTurn | undefined;
}

export interface HeldTurn {
  readonly id: string;
  readonly entries: readonly Entry[];
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
    lanes: [id, ...texts(row, 'lanes')],
    fence: number(row, 'fence'),
    token: optionalText(row, 'token'),
    leaseUntil: number(row, 'lease_until'),
    retryAt: number(row, 'retry_at'),
    lastAt: number(row, 'last_at'),
    turn: turnFrom(row, id),
  };
}

function turnFrom(row: Row, conversation: ConversationId): HeldTurn | undefined {
  const id = optionalText(row, 'turn');
  if (id === undefined) return undefined;
  const reason = optionalText(row, 'turn_buried');
  return {
    id,
    entries: texts(row, 'turn_messages').map((entry) => readEntry(entry, conversation)),
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
    ...(thread !== undefined && { thread: { id: thread, lastAt: number(row, 'thread_at') } }),
    ...(questions !== undefined && { questions: JSON.parse(questions) as Questions }),
  };
}

export function factValues({
  language,
  registered,
  thread,
  questions,
}: Facts): Record<string, Value | undefined> {
  return {
    language,
    registered,
    thread: thread?.id,
    thread_at: thread?.lastAt,
    questions: questions && JSON.stringify(questions),
  };
}

export function partFrom(row: Row): Part {
  const triedAt = optionalNumber(row, 'tried_at');
  const progress = optionalText(row, 'progress');
  const code = optionalText(row, 'code');
  return {
    key: text(row, 'key'),
    text: optionalText(row, 'text') ?? '',
    state: stateOf(text(row, 'state')),
    ...(triedAt !== undefined && { triedAt }),
    ...(progress !== undefined && { progress: progressOf(progress) }),
    ...(code !== undefined && { code }),
  };
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
