import type { ChannelName, Person } from './message.ts';
import { IDS_KEPT_MS, OPT_OUTS_KEPT_MS } from './retention.ts';

/** Random, so without personal data; the same for one person with one business number until the conversation is deleted. */
export type ConversationId = string;

/** The assistant's memory of a conversation. `lastAt`: time of the last message, in milliseconds since 1970. */
export interface Thread {
  readonly id: string;
  readonly lastAt: number;
}

/** A question to the assistant, stored before it is sent. */
export interface Asked {
  /** The id of its turn. */
  readonly turn: string;
  /** How many questions the thread held before it. */
  readonly before: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Number of empty answers in this turn. */
  readonly empty: number;
  /** True if the answer was empty: then whatever follows the question in the thread is no answer. */
  readonly failed: boolean;
}

/** A thread with our own record of it. */
export interface KnownThread extends Thread {
  /** How many questions it holds. Absent while unknown: before the first look, and while a question is under way. */
  readonly questions?: number;
  /** The question under way, whose answer is not stored yet. */
  readonly asked?: Asked;
}

/** Counter of a person's questions to the assistant. Times in milliseconds since 1970. */
export interface Questions {
  /** When the first one was counted. */
  readonly since: number;
  readonly count: number;
  /** The turn that was counted last. */
  readonly turn: string;
  /** When the person was last notified of the limit; 0: never. */
  readonly toldAt: number;
}

/** The assistant is quiet, and a person of the business answers. Times in milliseconds since 1970. */
export interface HandOff {
  /** `assistant`: its answer asked for it. `operator`: somebody wrote to the person from the WhatsApp Business app. */
  readonly by: 'assistant' | 'operator';
  readonly since: number;
  /** The assistant answers again from then on. */
  readonly until: number;
  /** The turn whose answer asked for it. */
  readonly turn?: string;
  /** The assistant's sentence for the operator. */
  readonly reason?: string;
}

/** How the service stands with a person. Times in milliseconds since 1970. */
export interface Standing {
  readonly handOff?: HandOff;
  /** When the person asked for no more messages. */
  readonly optedOutAt?: number;
  /** When the person got the notice that a machine answers. */
  readonly noticeAt?: number;
  /** When the person's newest message of a turn was sent, by the platform's clock: it opens the 24-hour window. */
  readonly inboundAt?: number;
}

export interface Facts {
  /** ISO 639-1. */
  readonly language?: string;
  /** Whether the person is registered with the assistant. */
  readonly registered?: boolean;
  /** Replaces the stored thread. */
  readonly thread?: KnownThread;
  readonly questions?: Questions;
  /** Replaces the stored standing. */
  readonly standing?: Standing;
}

export interface Conversation extends Facts {
  readonly id: ConversationId;
  readonly channel: ChannelName;
  readonly number: string;
  /** Where to send: the identities that belong to this person now. Empty when all of them have moved to others. */
  readonly person: Person;
  /** The person's id at the assistant. Unique among the stored conversations; it does not change with the phone number. */
  readonly assistantUserId: string;
}

/** Returns the hand-off while an operator has the conversation. `now` in milliseconds since 1970. */
export function activeHandOff({ handOff }: Standing = {}, now: number): HandOff | undefined {
  return handOff !== undefined && handOff.until > now ? handOff : undefined;
}

/** Returns until when a conversation is kept without any event after `lastAt`. Times in milliseconds since 1970. */
export function keptUntil(lastAt: number, { handOff, optedOutAt }: Standing = {}): number {
  const keptMs = optedOutAt === undefined ? IDS_KEPT_MS : OPT_OUTS_KEPT_MS;
  return Math.max(lastAt + keptMs, handOff?.until ?? 0);
}
