import type { ConversationId } from '../../domain/conversation.ts';
import type { Message, Status } from '../../domain/message.ts';

/** `new`: stored now. `waiting`: stored before and not answered yet. `done`: nothing to do. */
export interface Acceptance {
  readonly outcome: 'new' | 'waiting' | 'done';
  readonly conversation: ConversationId;
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
   * turn that was given up. Resolves to the conversations that have work now.
   */
  recordStatuses(statuses: readonly Status[]): Promise<readonly ConversationId[]>;
}
