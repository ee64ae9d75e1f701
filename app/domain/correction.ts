import type { Message, Said } from './message.ts';

/**
 * Edits and revokes of messages. Platforms deliver them in any order, more than once, and sometimes before the message
 * itself, so what they come to does not depend on the order: the change with the greatest stamp is the one that holds.
 */

/** A message that changes an earlier one. */
export type Correction = Message & {
  readonly content: Extract<Message['content'], { kind: 'edit' | 'revoke' }>;
};

/** What a correction makes of its message. */
export interface Change {
  /** Strings compare as the changes do: by platform time, ties by id, and a revoke is greater than every edit. */
  readonly stamp: string;
  /** Absent: the message was taken back. */
  readonly content?: Said;
}

/** Greater than the stamp of every edit: a tilde comes after every digit. */
const TAKEN_BACK: Change = { stamp: '~' };

export function isCorrection(message: Message): message is Correction {
  return message.content.kind === 'edit' || message.content.kind === 'revoke';
}

/** The message that is corrected, as far as it is known. */
export function originalOf({ channel, content }: Correction): Pick<Message, 'channel' | 'id'> {
  return { channel, id: content.of };
}

/** `id`: under which the store remembers the correction. The platform's own id holds a phone number. */
export function changeOf({ content, sentAt }: Correction, id: string): Change {
  if (content.kind === 'revoke') return TAKEN_BACK;
  return { stamp: `${String(sentAt).padStart(15, '0')}.${id}`, content: content.content };
}

/** Whether the change still has to be made, where one with the stamp `made` was made already. */
export function isNewer({ stamp }: Change, made: string | undefined): boolean {
  return made === undefined || stamp > made;
}

/** The message as the change leaves it: undefined when it was taken back, itself when a newer edit was made already. */
export function corrected(message: Message, change: Change): Message | undefined {
  if (change.content === undefined) return undefined;
  if (!isNewer(change, message.edited)) return message;
  return { ...message, content: change.content, edited: change.stamp };
}
