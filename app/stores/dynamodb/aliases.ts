import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { ownerNow, withoutOwner } from '../../domain/identity/history.ts';
import type { ConversationItem } from './items/conversation.ts';
import { aliasFrom, aliasUnchanged, type IdentityAlias, ownersIn } from './items/identity.ts';
import { identityPartition } from './items/keys.ts';
import type { ReadSecret } from './secret.ts';

type Named = Pick<ConversationItem, 'conversation' | 'identities'>;

/** Aliases of identities, looked up by identity or by conversation, for all business numbers. */
export function openAliases(conversations: Table, secret: ReadSecret) {
  async function of(identity: string): Promise<IdentityAlias[]> {
    const partition = identityPartition(await secret(), identity);
    const items = await conversations.query({
      where: '#conversation = :partition',
      values: { partition },
    });
    return items.map((item) =>
      aliasFrom(identity, { conversation: partition, item: String(item.item) }, item),
    );
  }

  async function to({ conversation: { id }, identities }: Named): Promise<IdentityAlias[]> {
    const found = await Promise.all(identities.map(of));
    return found.flat().filter(({ history }) => history.some(({ conversation }) => conversation === id));
  }

  return {
    of,

    /** Resolves to the identities that point to the conversation, now or formerly. */
    to,

    /** Resolves to whether any identity belongs to the conversation now. */
    async hasIdentity(named: Named): Promise<boolean> {
      return (await to(named)).some(({ history }) => ownerNow(history) === named.conversation.id);
    },

    /** Removes a conversation from an identity's history. Resolves to false when the item was changed concurrently. */
    async drop(alias: IdentityAlias, conversation: ConversationId): Promise<boolean> {
      const left = withoutOwner(alias.history, conversation);
      if (left.length === 0) return conversations.delete(alias.key, aliasUnchanged(alias));
      const set = { owners: ownersIn(left), version: alias.version + 1 };
      return (await conversations.update(alias.key, { set, ...aliasUnchanged(alias) })) !== undefined;
    },

    /** Undoes `drop`, unless the item was written again since. */
    async restore({
      key,
      history,
      version,
      conversation,
      partitionOf,
      ...times
    }: IdentityAlias): Promise<void> {
      await conversations.put(
        {
          ...key,
          ...{ owners: ownersIn(history), version: version + 2 },
          ...{ conversation_id: conversation, partition_of: partitionOf },
          ...{ seen_at: times.seenAt, opened_at: times.openedAt },
        },
        { when: 'attribute_not_exists(#item) OR #version = :dropped', values: { dropped: version + 1 } },
      );
    },
  };
}

export type Aliases = ReturnType<typeof openAliases>;
