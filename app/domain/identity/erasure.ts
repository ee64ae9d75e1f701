import type { ConversationId } from '../conversation.ts';
import type { History } from './history.ts';

/** What an erasure by name looks up. */
interface Lookup {
  /** The histories of the name, one for each business number. */
  historiesOf(name: string): readonly History[];
  /** The histories in which the conversation is an owner. */
  historiesWith(conversation: ConversationId): readonly History[];
  /** Whether any name leads to the conversation now. */
  hasName(conversation: ConversationId): boolean;
}

/** Returns the conversation that has the name, or had it last. */
export function lastOwner(history: History): ConversationId | undefined {
  return history.at(-1)?.conversation;
}

/**
 * Returns which owners of a name are one person: the last owner, and earlier ones that no name leads to any more. An
 * earlier owner that has a name is somebody else now.
 */
export function ownersToErase(
  history: History,
  hasName: (conversation: ConversationId) => boolean,
): readonly ConversationId[] {
  const owners = new Set(history.map(({ conversation }) => conversation));
  return [...owners].filter((owner) => owner === lastOwner(history) || !hasName(owner));
}

/** Returns all conversations of a person, found by one name and then by every other name of theirs. */
export function conversationsToErase(name: string, lookup: Lookup): ReadonlySet<ConversationId> {
  const found = new Set<ConversationId>();
  const visit = (history: History) => {
    for (const owner of ownersToErase(history, lookup.hasName)) found.add(owner);
  };
  lookup.historiesOf(name).forEach(visit);
  // A set also iterates over what is added meanwhile.
  for (const conversation of found) {
    for (const history of lookup.historiesWith(conversation)) {
      if (lastOwner(history) === conversation) visit(history);
    }
  }
  return found;
}
