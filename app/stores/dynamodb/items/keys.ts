import type { Key } from '../../../aws/expressions.ts';
import { type BusinessId, scopeOf } from '../../../domain/business.ts';
import type { ConversationId } from '../../../domain/conversation.ts';
import { primaryIdentity, rememberedIdentity, type StoreSecret } from '../../../domain/identity.ts';
import type { Message } from '../../../domain/message.ts';
import type { PricedPart } from '../../../domain/pricing.ts';

/**
 * The keys of all items. A conversation's id contains no dot, so that keys with a prefix never collide with it. A turn's id
 * and a part's key contain the id of their conversation.
 */

/** Index partitions of the waiting messages: one takes 1,000 writes a second (DynamoDB guide, "Partitions"). */
const SHARDS = 8;
export const WAITING_SHARDS = Array.from({ length: SHARDS }, (_, index) => `waiting.${index}`);
export const DEAD_LETTER_SHARD = 'dead-letters';

export function waitingShardOf(messageId: string): string {
  return `waiting.${(messageId.codePointAt(0) ?? 0) % SHARDS}`;
}

export function conversationKey(conversation: ConversationId): Key {
  return { conversation, item: 'conversation' };
}

/** The owners of an identity, for one number of a business. The identity itself is not in the key. */
export function identityKey(secret: StoreSecret, message: Message, identity: string): Key {
  const item = `${scopeOf(message)}|${message.number}`;
  return { conversation: identityPartition(secret, identity), item };
}

/** Returns the partition of an identity's items, shared by all business numbers. */
export function identityPartition(secret: StoreSecret, identity: string): string {
  return `identity.${rememberedIdentity(secret, identity).toString('base64url')}`;
}

/**
 * Returns the partition of a message, computed from the sender in the message itself, so that a redelivery finds the first
 * delivery after any change of the person's identities.
 */
export function messagePartition(secret: StoreSecret, message: Message): string {
  const sender = `partition|${scopeOf(message)}|${message.number}|${primaryIdentity(message.person)}`;
  return rememberedIdentity(secret, sender).toString('base64url');
}

/** Returns the partition of the id of a message without a person; it contains no identity. */
export function orphanPartition(id: string): string {
  return `orphan.${id}`;
}

/** Returns the key of the item that maps the platform's id of a part to the part. */
export function platformIdKey(rememberedPlatformId: Buffer): Key {
  return { conversation: `sent.${rememberedPlatformId.toString('base64url')}`, item: 'part' };
}

/** Returns the platform's id of a send as stored with its part, which has the channel. */
export function sendId(secret: StoreSecret, platformId: string): string {
  return rememberedIdentity(secret, `send|${platformId}`).toString('base64url');
}

/** Returns the key of the counter of a business's turns in one minute since 1970. */
export function turnsOfMinuteKey(business: BusinessId, minute: number): Key {
  return { conversation: `turns.${business}`, item: `minute.${minute}` };
}

export function turnIdOf(conversation: ConversationId, id: string): string {
  return `${conversation}.${id}`;
}

/** Returns undefined for an id that this store did not create. */
export function readTurnId(turnId: string): { conversation: ConversationId; id: string } | undefined {
  const [conversation, id, ...rest] = turnId.split('.');
  return conversation && id && rest.length === 0 ? { conversation, id } : undefined;
}

const REOPENING = 'reopen.';

/** Returns the key of the record that a turn has to be reopened: in the partition of its conversation's messages. */
export function reopeningKey(turnId: string): { partition: string; id: string } | undefined {
  const own = readTurnId(turnId);
  return own && { partition: own.conversation, id: `${REOPENING}${own.id}` };
}

export function isReopening(id: string): boolean {
  return id.startsWith(REOPENING);
}

/** Returns the key of a part's item; undefined when this store did not create the part's key. */
export function partItemKey(key: string): Key | undefined {
  const cut = key.lastIndexOf('.');
  const turn = readTurnId(key.slice(0, cut));
  const position = key.slice(cut + 1);
  if (turn === undefined || !/^\d{1,4}$/.test(position)) return undefined;
  return { conversation: turn.conversation, item: `part.${turn.id}.${position.padStart(4, '0')}` };
}

/** Returns the key prefix of all parts of a turn. */
export function partsOfTurn(turnId: string): string {
  return `part.${readTurnId(turnId)?.id ?? ''}.`;
}

/** The key prefix of all dead letters. */
export const DEAD_LETTERS = 'dead-letter.';

export function deadLetterKey({ conversation, id }: { conversation: ConversationId; id: string }): Key {
  return { conversation, item: `${DEAD_LETTERS}${id}` };
}

/** Returns the partition of all counts of a month. */
export function costPartition(month: string): string {
  return `costs.${month}`;
}

/** Returns the key of the count of a part with this price. */
export function costKey({ business, month, category, billable, country }: PricedPart): Key {
  const item = [business, category, billable ? 'billable' : 'free', country].join('|');
  return { conversation: costPartition(month), item };
}

/** Returns the partition of all counts of tokens of a month. */
export function tokenPartition(month: string): string {
  return `tokens.${month}`;
}

export function tokenKey(month: string, business: BusinessId): Key {
  return { conversation: tokenPartition(month), item: business };
}
