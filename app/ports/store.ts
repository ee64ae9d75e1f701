import type { Conversation, ConversationId, Facts } from '../domain/conversation.ts';
import type { Message, Status } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';

/** `new`: stored now. `waiting`: known and not answered yet. `done`: known, nothing to do. */
export interface Acceptance {
  readonly outcome: 'new' | 'waiting' | 'done';
  readonly conversation: ConversationId;
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
