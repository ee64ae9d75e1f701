import type { Refused, Unavailable } from '../domain/errors.ts';
import type { Person } from '../domain/message.ts';
import type { Business } from './businesses.ts';

export interface OutgoingPart {
  /** `TEMPLATE` (`domain/template.ts`): the template that is configured for the business, instead of text. */
  readonly text: string;
  /** The platform's id of the message that this part replies to; a channel that cannot quote ignores it. */
  readonly replyTo?: string;
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
  /** Returns whether a template is configured, which the platform accepts outside the 24-hour window. */
  hasTemplate(business: Business): boolean;
  /**
   * Resolves to the platform's id of a part whose send ended with an unknown outcome, if the platform has it; to undefined
   * if it certainly does not have it. `since`: when the send began, in milliseconds since 1970. Throws `Unavailable`. Absent
   * where the platform has no such query: then only a status resolves the outcome.
   */
  find?(business: Business, to: Person, part: OutgoingPart, since: number): Promise<string | undefined>;
  /**
   * Returns the error for a part that the platform accepted and then reported as failed: the same as for a send that it
   * refuses with that code. `codes` are those of all failed sends of the part, in order; the last one decides. Starts the
   * cooldown that the code asks for.
   */
  failure(business: Business, to: Person, codes: readonly string[]): Unavailable | Refused;
}
