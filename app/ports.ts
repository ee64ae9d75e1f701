/**
 * What the conversation needs from the world. Small and total: no optional methods, and every failure is one of
 * `conversation/errors.ts`. Adapters implement these; only `compose.ts` knows which.
 */
import type { Refused, Unavailable } from './conversation/errors.ts';
import type { ChannelName, Message, Person, Progress, Status } from './conversation/message.ts';

/** Random, and so without personal data; the same for one person with one business number, until they are forgotten. */
export type ConversationId = string;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// --- businesses ------------------------------------------------------------------------------------------------

/** The owner of a number. */
export interface Business {
  readonly channel: ChannelName;
  /** As the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  readonly accessToken: string;
}

export interface Businesses {
  /** Undefined: not ours. Throws `Unavailable` when nobody can tell. */
  find(channel: ChannelName, number: string): Promise<Business | undefined>;
  /** Throws `Unavailable` with a reason for the operator. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

// --- channel ---------------------------------------------------------------------------------------------------

export interface OutgoingPart {
  readonly text: string;
  /** Handed to the platform, which hands it back with every status of this part. */
  readonly key: string;
  /** Nobody knows how an earlier send of this part ended. */
  readonly again: boolean;
  /** The codes with which the platform reported earlier sends of this part as failed, in order. */
  readonly failures?: readonly string[];
}

export interface Channel {
  /** The longest part the platform takes, in UTF-16 units. */
  readonly longestPart: number;
  /**
   * Hands one part to the platform and answers the platform's id for it.
   * Throws `Unavailable` or `Refused` when the platform certainly did not take it, `Unknown` when it may have. It ends by
   * itself within seconds, and nobody can end it sooner: then its outcome would be unknown.
   */
  send(business: Business, to: Person, part: OutgoingPart): Promise<string>;
  /** Shows that the message was read and an answer is being written; the platform shows it for 25 seconds. */
  showTyping(business: Business, messageId: string, signal: AbortSignal): Promise<void>;
  /**
   * Returns what it means that the platform took a part and then reported it as failed: the same as the refusal of a
   * send with that code. `codes` are those of all its failed sends, in order; the last one is judged. Slows down what
   * has to slow down.
   */
  failure(business: Business, to: Person, codes: readonly string[]): Unavailable | Refused;
}

// --- assistant -------------------------------------------------------------------------------------------------

export interface Question {
  /** Who asks: the identity registered with the assistant. */
  readonly account: string;
  readonly threadId: string;
  readonly text: string;
}

/**
 * How a thread stands. `questions`: how many it holds. `last`: what became of the newest one, when it has the words of
 * the question that was named, and else `other`. `open`: no answer yet. `failed`: the model gave up.
 */
export type ThreadEnd = { readonly questions: number } & (
  | { readonly last: 'other' | 'open' | 'failed' }
  | { readonly last: 'answered'; readonly answer: string }
);

/** A call that waits for somebody ends with the signal's reason as soon as that aborts. */
export interface Assistant {
  /** Makes the person known. The second time does nothing. `language` is an ISO 639-1 code. */
  register(account: string, language: string, signal: AbortSignal): Promise<void>;
  /**
   * Registers without asking whether the person is known. For a person whom the assistant calls known and then does not
   * find. Not idempotent: it may make a second person of the same number.
   */
  registerAnew(account: string, language: string, signal: AbortSignal): Promise<void>;
  /** The person's latest thread, if the assistant knows of one. `lastAt` in milliseconds since 1970. */
  lastThread(account: string, signal: AbortSignal): Promise<Thread | undefined>;
  /** Opens a new thread and answers its id. */
  openThread(account: string, title: string, signal: AbortSignal): Promise<string>;
  /**
   * The whole answer as Markdown, with something to see in it, bounded in size and time by the adapter.
   * Throws `Unavailable` (with the code `EMPTY_ANSWER` when the model wrote nothing), `Refused`, or `Forgotten` when the
   * thread or the person is not known to it.
   */
  answer(question: Question, signal: AbortSignal): Promise<string>;
  /**
   * Looks at the thread of a question without asking it. Resolves to `questions: 0` where threads are not kept. Throws
   * `Unavailable`, `Refused` or `Forgotten`, as `answer` does.
   */
  threadEnd(question: Question, signal: AbortSignal): Promise<ThreadEnd>;
}

// --- queue -----------------------------------------------------------------------------------------------------

export interface Queue {
  /**
   * Somebody will look at the conversation after `delayMs`, at least once. Several wake-ups on their way at once may
   * become one. Throws `Unavailable` when it could not be arranged.
   */
  wake(conversation: ConversationId, delayMs: number): Promise<void>;
  ready(): Promise<void>;
  close(): Promise<void>;
}

// --- store -----------------------------------------------------------------------------------------------------

/** `new`: stored now. `waiting`: known and not answered yet. `done`: known, nothing to do. */
export interface Acceptance {
  readonly outcome: 'new' | 'waiting' | 'done';
  readonly conversation: ConversationId;
}

/** The assistant's memory of a conversation. `lastAt` in milliseconds since 1970. */
export interface Thread {
  readonly id: string;
  readonly lastAt: number;
}

/** A question put to the assistant, written down before it is. */
export interface Asked {
  /** The turn whose question it is. */
  readonly turn: string;
  /** How many questions the thread held before. */
  readonly before: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How often in this turn the model wrote nothing. */
  readonly empty: number;
  /** Whether it wrote nothing this time: what the thread holds behind the question is then no answer. */
  readonly failed: boolean;
}

/** A thread and what we put into it. */
export interface KnownThread extends Thread {
  /** How many questions it holds. Absent while nobody can say: before the first look, or with a question under way. */
  readonly questions?: number;
  /** The question under way: its answer is not written down yet. */
  readonly asked?: Asked;
}

/** How often the assistant was asked for a person. Times in milliseconds since 1970. */
export interface Questions {
  /** When the first of them was counted. */
  readonly since: number;
  readonly count: number;
  /** The turn that was counted last. */
  readonly turn: string;
  /** When the person was last told that there were too many; 0: never. */
  readonly toldAt: number;
}

export interface Facts {
  /** ISO 639-1. */
  readonly language?: string;
  /** Whether the assistant knows this person. */
  readonly registered?: boolean;
  /** Replaces what was known of any thread. */
  readonly thread?: KnownThread;
  readonly questions?: Questions;
}

export interface Conversation extends Facts {
  readonly id: ConversationId;
  readonly channel: ChannelName;
  readonly number: string;
  /** Where to send: the names that lead to this person now. Empty when others have all of them. */
  readonly person: Person;
  /** The name under which the assistant knows this person, and nobody else that we remember; it stays when they move. */
  readonly account: string;
}

/**
 * One part of a reply.
 * `unsent`: the platform does not have it. `sending`: a send began and nobody wrote down how it ended.
 * `sent`: the platform has it.
 */
export interface Part {
  readonly key: string;
  readonly text: string;
  readonly state: 'unsent' | 'sending' | 'sent';
  /** When the last send began; milliseconds since 1970. */
  readonly triedAt?: number;
  /** From status deliveries. */
  readonly progress?: Progress;
  /** The platform's code, with `progress: 'failed'`. */
  readonly code?: string;
  /** The codes of all its sends that the platform reported as failed, in order; absent when there are none. */
  readonly failures?: readonly string[];
}

/**
 * The waiting messages of a conversation, answered together. Its messages never change once it is opened; a correction at
 * the very moment of the opening may still be seen.
 */
export interface Turn {
  readonly id: string;
  /** This attempt, from 1; counted before the work. */
  readonly attempt: number;
  /** By platform time, then arrival; none when the turn was reopened. */
  readonly messages: readonly Message[];
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
  /** It was finished before, and the platform reported a part of its reply as failed since. */
  readonly reopened?: true;
  /** Absent until the reply is written. */
  readonly parts?: readonly Part[];
  /** Why it was given up; `parts` are then the apology. */
  readonly buried?: string;
}

/** The right to work on a conversation. Every write under it checks that nobody took it over. */
export interface Lease {
  readonly conversation: ConversationId;
  readonly token: string;
}

export type Claim =
  | {
      readonly claimed: true;
      readonly lease: Lease;
      readonly conversation: Conversation;
      readonly turn: Turn;
    }
  /** `idle`: no work. `held`: somebody holds it until `at`. `later`: it rests until `at`. */
  | { readonly claimed: false; readonly because: 'idle' }
  | { readonly claimed: false; readonly because: 'held' | 'later'; readonly at: number };

export interface Release {
  /** Not before; milliseconds since 1970. */
  readonly retryAt: number;
  /** False gives the attempt back: the failure was not this turn's. */
  readonly countAttempt: boolean;
}

export interface DeadLetter {
  readonly turnId: string;
  readonly conversation: ConversationId;
  readonly reason: string;
  readonly buriedAt: number;
  /** 0: they were answered, and a part of the reply failed afterwards; sending it back sends that part again. */
  readonly messages: number;
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
}

export interface Backlog {
  /** Messages not yet answered. */
  readonly waiting: number;
  /** When the oldest of them arrived; milliseconds since 1970. */
  readonly oldestAt?: number;
  readonly deadLetters: number;
}

/**
 * Remembers everything. A promise that resolves means: it survives a power cut (the memory store: it does not).
 * Every method throws `Unavailable` when the store cannot do it now; methods that take a lease throw `LeaseLost` when
 * the token is not the one that holds the conversation, and then change nothing.
 */
export interface ConversationStore {
  /**
   * Stores each message unless its id is known, in the order given; answers in that order. Silent messages are `done`
   * at once: only their ids are kept. Ids are remembered for at least 8 days (Meta redelivers for up to 7). A known id
   * changes nothing: neither where its person is reached, nor that they were erased. Whose a message is follows from
   * its names and the time at which it was sent (docs/decisions/0012); `conversation` is empty for a change of identity
   * that is nobody's.
   *
   * Edits and revokes are `done` at once too. They change the message that they name, if it waits, is in the same
   * conversation and no newer edit was made: its content, or that nobody has to answer it. One whose message has not come
   * is made when it comes, within 7 days. A message that a turn has taken stays as it is, and so does another person's.
   */
  accept(messages: readonly Message[]): Promise<readonly Acceptance[]>;
  /**
   * Moves parts forward, never back, whatever the order and number of deliveries; a status may come before `markSent`.
   * A status of a part that is `sending` settles it: `sent`, or `failed` for the turn to judge. A part that is `sent`
   * and then `failed` is for the turn to judge as well; when that turn is finished, it is reopened by a later `claim`.
   * Parts of a turn that was given up are not. Returns the conversations that have something to do now.
   */
  recordStatuses(statuses: readonly Status[]): Promise<readonly ConversationId[]>;

  /**
   * Takes the lease when there is work and nobody holds it: goes on with the open turn, else reopens the oldest finished
   * one with a failed part, else opens a turn of all waiting messages.
   */
  claim(conversation: ConversationId, leaseMs: number): Promise<Claim>;
  renew(lease: Lease, leaseMs: number): Promise<void>;
  remember(lease: Lease, facts: Facts): Promise<void>;
  /** Writes the reply of the open turn. Only once: a turn that has parts keeps them, and those are answered. */
  writeReply(lease: Lease, texts: readonly string[], facts: Facts): Promise<readonly Part[]>;
  /** To be called, and waited for, before each send. */
  markSending(lease: Lease, key: string): Promise<void>;
  markSent(lease: Lease, key: string, platformId: string): Promise<void>;
  /** The send certainly did not happen, or was reported as failed. Changes nothing when the part has arrived meanwhile. */
  markUnsent(lease: Lease, key: string): Promise<void>;
  /** The open turn's parts as they are now. */
  parts(lease: Lease): Promise<readonly Part[]>;
  /**
   * Ends the open turn and the lease: its messages are answered and their text is deleted; the text of each part goes
   * when it has arrived. Answers when the oldest message that still waits arrived, if any does.
   */
  finish(lease: Lease): Promise<{ readonly waitingSince?: number }>;
  /** Ends the lease, leaving the turn open for another attempt. */
  release(lease: Lease, release: Release): Promise<void>;
  /**
   * Gives the open turn up: a dead letter with this reason, whose unsent parts are replaced by the apology's, and
   * whose attempts begin again for sending it. A part that is `sending` stays in front of the apology, as one that is sent
   * does: whoever does not want it sent again marks it unsent before. A reopened turn gets no apology and keeps its
   * parts. The second time changes nothing.
   */
  bury(lease: Lease, reason: string, apology: readonly string[]): Promise<readonly Part[]>;

  /**
   * Conversations with work, no live lease, and no rest left, oldest work first. Messages younger than `olderThanMs`
   * do not count: their own wake-up is on its way.
   */
  due(limit: number, olderThanMs: number): Promise<readonly ConversationId[]>;
  backlog(): Promise<Backlog>;
  /** The newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /**
   * Makes the messages of a dead letter wait again, or reopens its turn when they were answered. Returns the conversation
   * to wake; undefined when there is no such letter.
   */
  redrive(turnId: string): Promise<ConversationId | undefined>;
  /** Deletes what has outlived its purpose: texts after 7 days, ids after 9. Answers how many rows went. */
  forgetOld(): Promise<number>;
  /**
   * Deletes all that is kept of a person, by phone number or user id: every conversation of whoever has the name now,
   * or had it last when nobody has it, and those that one of that person's names belonged to before and that no name
   * leads to any more. What is another person's now stays. Ids of messages are remembered and belong to nobody.
   * Returns how many conversations went.
   */
  erase(identity: string): Promise<number>;
  /**
   * Leaves no copy of what was deleted before in what the store itself writes: logs, free pages, unused bytes. Resolves to
   * false when something kept it from that for a moment, such as another process that reads: call it again. True where
   * nothing is left behind in the first place. Backups are not the store's.
   */
  purge(): Promise<boolean>;
  ready(): Promise<void>;
  close(): Promise<void>;
}
