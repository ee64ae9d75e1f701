import type { ConversationId } from '../../domain/conversation.ts';
import type { Message, Status } from '../../domain/message.ts';

/** `new`: stored now. `waiting`: known and not answered yet. `done`: known, nothing to do. */
export interface Acceptance {
  readonly outcome: 'new' | 'waiting' | 'done';
  readonly conversation: ConversationId;
}

/** What the web service needs: storing what a delivery holds. */
export interface Inbox {
  /**
   * Stores each message unless its id is known, in the order given. Resolves to one acceptance for each, in that order.
   * Silent messages are `done` at once: only their ids are stored. Ids are remembered for at least 8 days (Meta redelivers
   * for up to 7). A known id changes nothing: neither where its person is reached, nor that they were erased. Whose a
   * message is follows from its names and the time at which it was sent (docs/decisions/0012); `conversation` is empty for
   * a change of identity that belongs to no known person.
   *
   * Edits and revokes are `done` at once too. They change the message that they name if it waits, is in the same
   * conversation and no newer edit was applied: its content, or that it needs no reply. One whose message has not come is
   * applied when the message comes, within 7 days. A message that a turn has taken stays as it is, and so does another
   * person's.
   */
  accept(messages: readonly Message[]): Promise<readonly Acceptance[]>;
  /**
   * Moves parts forward, never back, whatever the order and number of deliveries; a status may come before `markSent`.
   * A status of a part that is `sending` settles it: `sent`, or `failed` for the turn to decide about. A part that is
   * `sent` and then `failed` is for the turn to decide about as well; a finished turn is reopened by a later `claim`. Parts
   * of a turn that was given up are not. Resolves to the conversations that have something to do now.
   */
  recordStatuses(statuses: readonly Status[]): Promise<readonly ConversationId[]>;
}
