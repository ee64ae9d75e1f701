import type { Refused, Unavailable } from '../domain/errors.ts';
import type { Person } from '../domain/message.ts';
import type { Business } from './businesses.ts';

export interface OutgoingPart {
  readonly text: string;
  /** Passed to the platform, which returns it with every status of this part. */
  readonly key: string;
  /** True if an earlier send of this part ended with an unknown outcome. */
  readonly isRepeat: boolean;
  /** The platform's codes of earlier sends of this part that failed, in order. */
  readonly failures?: readonly string[];
}

export interface Channel {
  /** The longest part that the platform accepts, in UTF-16 units. */
  readonly maxPartLength: number;
  /**
   * Sends one part. Resolves to the platform's id for it. Throws `Unavailable` or `Refused` when the platform certainly did
   * not accept it, `Unknown` when it may have. Settles within seconds and takes no signal, since an aborted send would have
   * an unknown outcome.
   */
  send(business: Business, to: Person, part: OutgoingPart): Promise<string>;
  /** Marks the message as read and shows the typing indicator, which the platform removes after 25 seconds. */
  showTyping(business: Business, messageId: string, signal: AbortSignal): Promise<void>;
  /**
   * Returns the error for a part that the platform accepted and then reported as failed: the same as for a send that it
   * refuses with that code. `codes` are those of all failed sends of the part, in order; the last one decides. Starts the
   * cooldown that the code asks for.
   */
  failure(business: Business, to: Person, codes: readonly string[]): Unavailable | Refused;
}
