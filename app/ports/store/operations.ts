import type { Conversation, ConversationId } from '../../domain/conversation.ts';
import type { DeadLetter, DeadLetters, ShownPart } from './dead-letters.ts';
import type { Erasure } from './erasure.ts';

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

/**
 * When the oldest stored text of each kind was stored; milliseconds since 1970. Absent: there is none. Contains what is past
 * its retention and not deleted yet.
 */
export interface OldestTexts {
  /** Of a message that waits or is in an open turn. It is kept until it is answered. */
  readonly message?: number;
  /** Of a message in a dead letter. */
  readonly deadLetter?: number;
  /** Of a reply whose turn has ended, and which is not known to have arrived. */
  readonly part?: number;
  /** Of an edit whose message has not arrived. */
  readonly correction?: number;
}

/** For an operator's commands. */
export interface Operations extends DeadLetters, Erasure {
  /**
   * Resolves to conversations with waiting messages, an open turn or one to be reopened, a dead letter, a hand-off that lasts
   * or an opt-out, those whose last event is oldest first. Reads every conversation.
   */
  conversations(limit: number): Promise<readonly ShownConversation[]>;
  conversation(id: ConversationId): Promise<ShownConversation | undefined>;
  /** Resolves to the conversations that `erase` would delete: those of a person, with all numbers of all businesses. */
  conversationsOf(identity: string): Promise<readonly ShownConversation[]>;
  /** Reads everything that is stored. */
  oldestTexts(): Promise<OldestTexts>;
}
