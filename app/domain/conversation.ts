import type { ChannelName, Person } from './message.ts';

/** Random, and so without personal data; the same for one person with one business number, until they are forgotten. */
export type ConversationId = string;

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
  readonly assistantUserId: string;
}
