import type { ConversationId } from '../../domain/conversation.ts';
import type { Message } from '../../domain/message.ts';
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

/** A dead letter without any text. */
export interface ShownDeadLetter extends DeadLetter {
  /** Attempts until it was given up. Absent when an earlier release gave it up. */
  readonly attempts?: number;
  /** Of its reply and its apology. */
  readonly parts: readonly ShownPart[];
}

/** The texts of a dead letter. */
export interface DeadLetterTexts {
  /** By platform time, then arrival. */
  readonly messages: readonly Message[];
  /** The text is empty once it is deleted. */
  readonly parts: readonly Pick<Part, 'key' | 'text'>[];
}

/** For operators: the turns that were given up. */
export interface DeadLetters {
  /** Resolves to dead letters, the newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Resolves to undefined when there is no such dead letter. */
  deadLetter(turnId: string): Promise<ShownDeadLetter | undefined>;
  /** Resolves to what people wrote and what was to be sent to them; to undefined when there is no such dead letter. */
  deadLetterTexts(turnId: string): Promise<DeadLetterTexts | undefined>;
  /**
   * Makes the messages of a dead letter wait again, or reopens its turn when they were answered. Resolves to the
   * conversation to wake; to undefined when there is no such dead letter.
   */
  redrive(turnId: string): Promise<ConversationId | undefined>;
  /**
   * Deletes a dead letter without an answer: its messages count as answered, so that a redelivery is `done`; their texts and
   * the parts of its reply are deleted. Idempotent. Resolves to its conversation; to undefined when there is no such dead
   * letter, or no more.
   */
  drop(turnId: string): Promise<ConversationId | undefined>;
}
