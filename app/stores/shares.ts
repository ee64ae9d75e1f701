import { type BusinessId, businessOf } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';

/** Counts the conversations of each business, up to a maximum. */
export function createShares(perBusiness: number) {
  const taken = new Map<BusinessId, number>();
  const countOf = (conversation: ConversationId) => taken.get(businessOf(conversation)) ?? 0;
  return {
    isFull: (conversation: ConversationId): boolean => countOf(conversation) >= perBusiness,

    /** Counts the conversation, and returns true, unless its business has its share already. */
    take(conversation: ConversationId): boolean {
      const count = countOf(conversation);
      if (count >= perBusiness) return false;
      taken.set(businessOf(conversation), count + 1);
      return true;
    },
  };
}
