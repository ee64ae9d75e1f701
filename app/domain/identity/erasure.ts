import type { ConversationId } from '../conversation.ts';
import { isPhone } from '../identity.ts';
import type { History } from './history.ts';

/** Look-ups for an erasure. */
interface Lookup {
  /** Returns the histories of the name, one for each number of each business. */
  historiesOf(name: string): readonly History[];
  /** Returns the histories in which the conversation is an owner, with their names. */
  historiesWith(
    conversation: ConversationId,
  ): readonly { readonly name: string; readonly history: History }[];
  /** Returns whether any name belongs to the conversation now. */
  hasName(conversation: ConversationId): boolean;
}

/** Returns the conversation that has the name, or had it last. */
export function lastOwner(history: History): ConversationId | undefined {
  return history.at(-1)?.conversation;
}

/**
 * Returns the owners of a name that are one person: the last owner, and earlier ones without any name now. An earlier owner
 * that has a name is another person.
 */
export function ownersToErase(
  history: History,
  hasName: (conversation: ConversationId) => boolean,
): readonly ConversationId[] {
  const owners = new Set(history.map(({ conversation }) => conversation));
  return [...owners].filter((owner) => owner === lastOwner(history) || !hasName(owner));
}

/**
 * Returns all conversations of a person, with all numbers of all businesses, found by one name and, transitively, by the
 * person's other names. A phone number leads to other businesses only if it is the one that was asked for: there it may
 * still be that of its former owner.
 */
export function conversationsToErase(name: string, lookup: Lookup): ReadonlySet<ConversationId> {
  const found = new Set<ConversationId>();
  const visit = (history: History) => {
    for (const owner of ownersToErase(history, lookup.hasName)) found.add(owner);
  };
  lookup.historiesOf(name).forEach(visit);
  // Iteration over a set includes elements that are added meanwhile.
  for (const conversation of found) {
    for (const { name: own, history } of lookup.historiesWith(conversation)) {
      if (lastOwner(history) !== conversation) continue;
      visit(history);
      if (isSameEverywhere(own)) lookup.historiesOf(own).forEach(visit);
    }
  }
  return found;
}

/** Returns whether the name leads to the same person with every business: a user id never changes its owner. */
export function isSameEverywhere(name: string): boolean {
  return !isPhone(name);
}
