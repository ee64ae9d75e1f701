import type { ConversationId } from '../../domain/conversation.ts';

/** A turn that was given up. */
export interface DeadLetter {
  readonly turnId: string;
  readonly conversation: ConversationId;
  readonly reason: string;
  readonly gaveUpAt: number;
  /** 0: they were answered, and a part of the reply failed afterwards; a redrive sends that part again. */
  readonly messages: number;
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
}

/** What an operator's commands need. */
export interface Operations {
  /** Resolves to dead letters, the newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /**
   * Makes the messages of a dead letter wait again, or reopens its turn when they were answered. Resolves to the
   * conversation to wake; to undefined when there is no such dead letter.
   */
  redrive(turnId: string): Promise<ConversationId | undefined>;
  /**
   * Deletes everything that is stored of a person, by phone number or user id: every conversation of the person who has
   * the name now, or had it last when no person has it, and those that one of that person's names belonged to before and
   * that no name leads to any more. What is another person's now stays. Ids of messages are remembered and belong to no
   * person. Resolves to how many conversations were deleted.
   */
  erase(identity: string): Promise<number>;
  /**
   * Leaves no copy of what was deleted before in what the store itself writes: logs, free pages, unused bytes. Resolves to
   * false when something prevented it for the moment, such as another process that reads: call it again. True where
   * nothing is left behind in the first place. Backups are outside the store.
   */
  purge(): Promise<boolean>;
}
