import { createHash } from 'node:crypto';
import type { ChannelName } from '../../conversation/message.ts';
import type { ConversationId } from '../../ports.ts';
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

export interface LeadKey extends Key {
  readonly conversation: string;
  readonly item: string;
}

/** Where an identity leads to, for one business number on one channel. Kept as a hash. */
export function identityKey(channel: ChannelName, number: string, identity: string): LeadKey {
  return { conversation: identityPartition(identity), item: `${channel}|${number}` };
}

/** Says that an identity led to this conversation before it led where it does now. */
export function formerKey({ conversation: who, item }: LeadKey, led: ConversationId): LeadKey {
  return { conversation: who, item: `${item}|${led}` };
}

export function isFormer({ item }: LeadKey): boolean {
  return item.split('|').length > 2;
}

export function identityPartition(identity: string): string {
  const digest = createHash('sha256').update(`identity|${identity}`).digest();
  return `who.${digest.subarray(0, 16).toString('base64url')}`;
}

/** Leads from the platform's id of a part to the part. */
export function platformIdKey(rememberedPlatformId: Buffer): Key {
  return { conversation: `sent.${rememberedPlatformId.toString('base64url')}`, item: 'part' };
}

/** How a part remembers the platform's id of a send; it knows its channel itself. */
export function sendId(platformId: string): string {
  return createHash('sha256').update(`send|${platformId}`).digest().subarray(0, 16).toString('base64url');
}

export function turnIdOf(conversation: ConversationId, id: string): string {
  return `${conversation}.${id}`;
}

export function partKeyOf(turnId: string, position: number): string {
  return `${turnId}.${position}`;
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
