import type { BusinessId } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Message, Status } from '../../domain/message.ts';
import type { PricedPart } from '../../domain/pricing.ts';

/** `new`: stored now. `waiting`: stored before and not answered yet. `done`: nothing to do. */
export interface Acceptance {
  readonly outcome: 'new' | 'waiting' | 'done';
  readonly conversation: ConversationId;
}

/** What became of statuses. */
export interface Recorded {
  /** The conversations that have work now. */
  readonly conversations: readonly ConversationId[];
  /** The delivered parts whose price these statuses were the first to report. */
  readonly priced: readonly PricedPart[];
  /** The business of each status with the price of a delivered part that it did not send from here: not counted. */
  readonly unknownParts: readonly BusinessId[];
}

/** For the web service: storing deliveries. */
export interface Inbox {
  /**
   * Stores each message unless its id is known, in the order given. Resolves to one acceptance for each, in that order.
   * Silent messages are `done` at once: only their ids are stored. Ids are kept for at least 8 days (Meta redelivers for
   * up to 7). A known id changes nothing: neither the person's addresses, nor an erasure of the person. The conversation
   * follows from the message's identities and the time at which it was sent (docs/decisions/0012); it is empty for a
   * change of identity that belongs to no known person.
   *
   * Edits and revokes are `done` at once too. They change their message if it is waiting, belongs to the same conversation
   * and has no newer edit: an edit its content, a revoke its need of a reply. A correction that comes before its message is
   * applied when the message comes, within 7 days. A message that a turn has taken does not change, nor does another
   * person's.
   */
  accept(messages: readonly Message[]): Promise<readonly Acceptance[]>;
  /**
   * Moves parts forward, never back, whatever the order and number of deliveries; a status may come before `markSent`.
   * A status of a part that is `sending` resolves it: `sent`, or `failed`, which the turn must handle. The turn must also
   * handle a part that was `sent` and then `failed`; if it is finished, a later `claim` reopens it. This does not apply to a
   * turn that was given up.
   *
   * Counts the price of each delivered part once, whatever the order and number of its statuses (`Costs`).
   */
  recordStatuses(statuses: readonly Status[]): Promise<Recorded>;
}
