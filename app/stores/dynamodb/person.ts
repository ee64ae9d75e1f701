import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { isSameEverywhere, lastOwner, ownersToErase } from '../../domain/identity/erasure.ts';
import type { Aliases } from './aliases.ts';
import { type ConversationItem, conversationFrom } from './items/conversation.ts';
import type { IdentityAlias } from './items/identity.ts';
import { conversationKey } from './items/keys.ts';

interface PersonPorts {
  readonly conversations: Table;
  readonly aliases: Aliases;
}

/** A conversation of the person with the identity by which it was found. */
interface Found {
  readonly id: ConversationId;
  readonly by: IdentityAlias;
  /** Undefined when it is already deleted. */
  readonly own: ConversationItem | undefined;
}

/** Returns a function that finds all conversations of a person by one identity, those nearest to it first. */
export function findingPerson({ conversations, aliases }: PersonPorts) {
  return async function conversationsOf(name: string): Promise<readonly Found[]> {
    const found = new Map<ConversationId, Found>();

    async function visit(by: IdentityAlias): Promise<void> {
      const owners = new Map<ConversationId, ConversationItem | undefined>();
      const named = new Set<ConversationId>();
      for (const { conversation } of by.history) {
        if (owners.has(conversation)) continue;
        const item = await conversations.get(conversationKey(conversation));
        const own = item && conversationFrom(item);
        owners.set(conversation, own);
        if (own !== undefined && (await aliases.hasIdentity(own))) named.add(conversation);
      }
      for (const id of ownersToErase(by.history, (owner) => named.has(owner))) {
        if (!found.has(id)) found.set(id, { id, by, own: owners.get(id) });
      }
    }

    for (const alias of await aliases.of(name)) await visit(alias);
    // Iterating a map includes entries that are added during the iteration.
    for (const { id, own } of found.values()) {
      if (own === undefined) continue;
      for (const alias of await aliases.to(own)) {
        if (lastOwner(alias.history) !== id) continue;
        const further = isSameEverywhere(alias.identity) ? await aliases.of(alias.identity) : [alias];
        for (const one of further) await visit(one);
      }
    }
    return [...found.values()];
  };
}

export type ConversationsOf = ReturnType<typeof findingPerson>;
