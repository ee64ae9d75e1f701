import type { ConversationId } from '../../domain/conversation.ts';
import { accountOf, rememberedIdentity, type StoreSecret } from '../../domain/identity.ts';
import type { ChannelName, Message } from '../../domain/message.ts';
import type { Key } from './table.ts';

/**
 * How things are named in the tables. A conversation's id holds no dot, so names with one never meet it, and a turn's
 * id and a part's key lead to their conversation by themselves.
 */

/** How many shelves the waiting messages lie on: one takes 1,000 writes a second (DynamoDB guide, "Partitions"). */
const SHELVES = 8;
export const WAITING_SHELVES = Array.from({ length: SHELVES }, (_, index) => `waiting.${index}`);
export const LETTER_SHELF = 'letters';

export function shelfOf(messageId: string): string {
  return `waiting.${(messageId.codePointAt(0) ?? 0) % SHELVES}`;
}

export function conversationKey(conversation: ConversationId): Key {
  return { conversation, item: 'conversation' };
}

/** Whose a name is and was, for one business number on one channel. The name itself is not in the key. */
export function nameKey(secret: StoreSecret, channel: ChannelName, number: string, name: string): Key {
  return { conversation: namePartition(secret, name), item: `${channel}|${number}` };
}

/** Where all business numbers keep what they know of a name. */
export function namePartition(secret: StoreSecret, name: string): string {
  return `who.${rememberedIdentity(secret, name).toString('base64url')}`;
}

/**
 * Where a message lies: computed from what it shows of its sender, so that a redelivery meets the first delivery,
 * whatever has been learned about the person since.
 */
export function laneOf(secret: StoreSecret, { channel, number, person }: Message): string {
  return rememberedIdentity(secret, `lane|${channel}|${number}|${accountOf(person)}`).toString('base64url');
}

/** Where the id of a message lies that belongs to nobody (any more): no name is in it. */
export function nobodysLane(id: string): string {
  return `nobody.${id}`;
}

/** Leads from the platform's id of a part to the part. */
export function platformIdKey(rememberedPlatformId: Buffer): Key {
  return { conversation: `sent.${rememberedPlatformId.toString('base64url')}`, item: 'part' };
}

/** How a part remembers the platform's id of a send; it knows its channel itself. */
export function sendId(secret: StoreSecret, platformId: string): string {
  return rememberedIdentity(secret, `send|${platformId}`).toString('base64url');
}

export function turnIdOf(conversation: ConversationId, id: string): string {
  return `${conversation}.${id}`;
}

/** Undefined: not one of ours. */
export function readTurnId(turnId: string): { conversation: ConversationId; id: string } | undefined {
  const [conversation, id, ...rest] = turnId.split('.');
  return conversation && id && rest.length === 0 ? { conversation, id } : undefined;
}

const REOPENING = 'again.';

/** Where the stage says that a turn has to be reopened: beside the messages of its conversation. */
export function reopeningEntry(turnId: string): { lane: string; id: string } | undefined {
  const own = readTurnId(turnId);
  return own && { lane: own.conversation, id: `${REOPENING}${own.id}` };
}

export function isReopening(id: string): boolean {
  return id.startsWith(REOPENING);
}

/** The item of the part with this key; undefined when the key is not one of ours. */
export function partItem(key: string): Key | undefined {
  const cut = key.lastIndexOf('.');
  const turn = readTurnId(key.slice(0, cut));
  const position = key.slice(cut + 1);
  if (turn === undefined || !/^\d{1,4}$/.test(position)) return undefined;
  return { conversation: turn.conversation, item: `part.${turn.id}.${position.padStart(4, '0')}` };
}

/** What the items of all parts of a turn begin with. */
export function partsOfTurn(turnId: string): string {
  return `part.${readTurnId(turnId)?.id ?? ''}.`;
}

/** What the items of all dead letters begin with. */
export const LETTERS = 'letter.';

export function letterKey({ conversation, id }: { conversation: ConversationId; id: string }): Key {
  return { conversation, item: `${LETTERS}${id}` };
}
