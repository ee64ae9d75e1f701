import type { ConversationId, Lease } from '../../ports.ts';

/**
 * A lease's token says all that a write under it must know. `fence` grows with every claim of the conversation: an
 * item that bears a higher one belongs to somebody else now.
 */
export interface Token {
  readonly fence: number;
  readonly turnId: string;
}

export function newToken(fence: number, turnId: string, nonce: string): string {
  return `${fence}/${turnId}/${nonce}`;
}

export function readToken({ token }: Lease): Token {
  const [fence = '', turnId = ''] = token.split('/');
  return { fence: Number(fence), turnId };
}

/** What a turn remembers of a message: where it lies, and how often it had been sent back from the dead letters. */
export interface Entry {
  readonly lane: string;
  readonly id: string;
  readonly again: number;
}

/** As short as can be: a turn has up to 50, and every write of a conversation is paid by its size. */
export function entryText({ lane, id, again }: Entry, conversation: ConversationId): string {
  return lane === conversation ? `${id}.${again}` : `${id}.${again}.${lane}`;
}

export function readEntry(text: string, conversation: ConversationId): Entry {
  const [id = '', again = '', lane = conversation] = text.split('.');
  return { lane, id, again: Number(again) };
}
