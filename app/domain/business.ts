/**
 * The business that a message was written to. Its id is part of every key that is derived from what its people write:
 * conversations, turns, parts, identities and remembered ids. What belongs to one business is therefore never found under
 * another one, also when a number changes its owner.
 */

/** Stored with conversations, so it never changes. */
export type BusinessId = string;

/**
 * The business of the environment, and of a number that was served from the environment before. Its keys do not contain the
 * id, so a deployment keeps its conversations when it moves to a registry of businesses and back.
 */
export const ENV_BUSINESS: BusinessId = 'env';

/** Without `~`, which ends the id in a conversation's id, and without the separators of other keys. */
const BUSINESS_ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isBusinessId(id: string): boolean {
  return BUSINESS_ID.test(id);
}

const END = '~';

/** Returns the id of a conversation of this business; `unique` is random and contains no `~`. */
export function conversationIdOf(business: BusinessId, unique: string): string {
  return business === ENV_BUSINESS ? unique : `${business}${END}${unique}`;
}

/** Returns the business of a conversation, or of a turn or part whose id begins with that of its conversation. */
export function businessOf(conversation: string): BusinessId {
  const end = conversation.indexOf(END);
  return end < 0 ? ENV_BUSINESS : conversation.slice(0, end);
}

interface Scoped {
  readonly business: BusinessId;
  readonly channel: string;
}

/** Returns the prefix of keys that hold for one business on one channel. */
export function scopeOf({ business, channel }: Scoped): string {
  return business === ENV_BUSINESS ? channel : `${business}${END}${channel}`;
}

/** Returns the sender of the parts of a conversation. */
export function senderOf<Channel extends string>({
  id,
  channel,
}: {
  readonly id: string;
  readonly channel: Channel;
}): { readonly business: BusinessId; readonly channel: Channel } {
  return { business: businessOf(id), channel };
}
