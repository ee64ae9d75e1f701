import type { Refused, Unavailable } from '../domain/errors.ts';
import type { Person } from '../domain/message.ts';
import type { Business } from './businesses.ts';

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
  readonly maxPartLength: number;
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
