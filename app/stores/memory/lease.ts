import type { Facts } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import type { Lease } from '../../ports/store.ts';
import type { Records, StoredConversation, StoredTurn } from './records.ts';

/** Returns the conversation of a valid lease. Throws `LeaseLost` before any change. */
export function requireLease(
  { conversations }: Records,
  lease: Lease,
): StoredConversation & { turn: StoredTurn } {
  const conversation = conversations.get(lease.conversation);
  if (conversation?.turn === undefined || conversation.token !== lease.token)
    throw new LeaseLost('lease lost');
  return conversation as StoredConversation & { turn: StoredTurn };
}

export function setFacts(conversation: StoredConversation, facts: Facts): void {
  conversation.conversation = { ...conversation.conversation, ...facts };
}
