import type { Conversation, ConversationId } from '../../domain/conversation.ts';
import type { Part } from '../../domain/part.ts';

/** A turn that was given up. */
export interface DeadLetter {
  readonly turnId: string;
  readonly conversation: ConversationId;
  readonly reason: string;
  readonly gaveUpAt: number;
  /** Number of its messages. 0: they were answered, and a part of the reply failed later; a redrive sends it again. */
  readonly messages: number;
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
}

/** A part without its text. */
export type ShownPart = Omit<Part, 'text'> & { readonly isTemplate: boolean };

/** A conversation as an operator sees it: no text of a message or of a reply. Times in milliseconds since 1970. */
export interface ShownConversation {
  readonly conversation: Conversation;
  /** When something happened last. */
  readonly lastAt: number;
  /** Messages that no turn has taken, and when the oldest of them arrived. */
  readonly waiting: number;
  readonly waitingSince?: number;
  /** Present while a worker holds the lease. */
  readonly leaseUntil?: number;
  /** When the next attempt is due. */
  readonly retryAt?: number;
  /** The open turn, else the newest one that is still stored. */
  readonly turn?: {
    readonly id: string;
    /** Attempts so far. */
    readonly attempts: number;
    /** That it has to answer; 0 once they are answered. */
    readonly messages: number;
    readonly newestAt: number;
    readonly isOpen: boolean;
    readonly gaveUpReason?: string;
    /** Absent until the reply is written. */
    readonly parts?: readonly ShownPart[];
  };
  /** The newest dead letter, which may be of an earlier turn. */
  readonly deadLetter?: Pick<DeadLetter, 'turnId' | 'reason' | 'gaveUpAt'>;
}

/** For an operator's commands. */
export interface Operations {
  /**
   * Resolves to conversations with waiting messages, an open turn or one to be reopened, a dead letter, a hand-off that lasts
   * or an opt-out, those whose last event is oldest first. Reads every conversation.
   */
  conversations(limit: number): Promise<readonly ShownConversation[]>;
  conversation(id: ConversationId): Promise<ShownConversation | undefined>;
  /** Resolves to the conversations that `erase` would delete: those of a person, with all numbers of all businesses. */
  conversationsOf(identity: string): Promise<readonly ShownConversation[]>;
  /** Resolves to dead letters, the newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /**
   * Makes the messages of a dead letter wait again, or reopens its turn when they were answered. Resolves to the
   * conversation to wake; to undefined when there is no such dead letter.
   */
  redrive(turnId: string): Promise<ConversationId | undefined>;
  /**
   * Deletes all data of a person at all businesses, by phone number or user id: the conversations of the person who has the identity now (or
   * had it last, if it has no owner now), and earlier conversations of that person's identities that no identity belongs to
   * any more. Conversations of other people stay, and so do the digests of message ids, which belong to no person. Resolves
   * to how many conversations were deleted.
   */
  erase(identity: string): Promise<number>;
  /**
   * Removes remains of deleted data from the store's own files: logs, free pages, unused bytes. Resolves to false when
   * something prevents it for the moment, such as another process that reads: call it again. Resolves to true in stores that
   * leave no remains. Backups are outside the store.
   */
  purge(): Promise<boolean>;
}
