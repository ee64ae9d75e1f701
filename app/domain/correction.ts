import type { Message, Said } from './message.ts';

/**
 * Edits and revokes of messages. Platforms deliver them in any order, more than once, and sometimes before the message
 * itself, so the result does not depend on the order: the change with the greatest stamp wins.
 */

/** A message that changes an earlier one. */
export type Correction = Message & {
  readonly content: Extract<Message['content'], { kind: 'edit' | 'revoke' }>;
};

/** The effect of a correction on its message. */
export interface Change {
  /** Orders changes as a string: by platform time, then id; a revoke is greater than every edit. */
  readonly stamp: string;
  /** Absent: the message was revoked. */
  readonly content?: Said;
}

/** Greater than the stamp of every edit: a tilde comes after every digit. */
const REVOKED: Change = { stamp: '~' };

export function isCorrection(message: Message): message is Correction {
  return message.content.kind === 'edit' || message.content.kind === 'revoke';
}

/** Returns what the correction says about the message that it corrects. */
export function originalOf(correction: Correction): Pick<Message, 'business' | 'channel' | 'id'> {
  const { business, channel, content } = correction;
  return { business, channel, id: content.of };
}

/** `id`: the stored id of the correction. The platform's own id contains a phone number. */
export function changeOf({ content, sentAt }: Correction, id: string): Change {
  if (content.kind === 'revoke') return REVOKED;
  return { stamp: `${String(sentAt).padStart(15, '0')}.${id}`, content: content.content };
}

/** Returns whether the change is newer than an applied one with the stamp `applied`. */
export function isNewer({ stamp }: Change, applied: string | undefined): boolean {
  return applied === undefined || stamp > applied;
}

/** Returns the changed message; undefined when it was revoked, itself when a newer edit was applied before. */
export function corrected(message: Message, change: Change): Message | undefined {
  if (change.content === undefined) return undefined;
  if (!isNewer(change, message.edited)) return message;
  return { ...message, content: change.content, edited: change.stamp };
}
