import type { Update } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import { LeaseLost } from '../../domain/errors.ts';
import type { Lease } from '../../ports/store.ts';
import { type ConversationItem, conversationFrom, type TurnItem } from './items/conversation.ts';
import { conversationKey } from './items/keys.ts';

/** A conversation with its open turn. */
export type LeasedConversation = ConversationItem & { readonly turn: TurnItem };

type Change = Omit<Update, 'when' | 'values'>;

const HOLDS = '#token = :token';

/** Reads and writes under a lease: each succeeds only while the token holds the conversation. Throws `LeaseLost`. */
export function underLease(table: Table) {
  return {
    async read(lease: Lease): Promise<LeasedConversation> {
      const item = await table.get(conversationKey(lease.conversation));
      const conversation = item && conversationFrom(item);
      if (conversation?.token !== lease.token) throw lost();
      return withTurn(conversation);
    },

    async write(lease: Lease, change: Change): Promise<LeasedConversation> {
      const item = await table.update(conversationKey(lease.conversation), {
        ...change,
        when: HOLDS,
        values: { token: lease.token },
      });
      if (item === undefined) throw lost();
      return withTurn(conversationFrom(item));
    },

    /**
     * Writes the end of the lease. The SDK repeats a call whose response was lost: the first attempt may have removed the
     * token, which `isOurs` recognises.
     */
    async end(
      lease: Lease,
      change: Change,
      isOurs: (conversation: ConversationItem) => boolean,
    ): Promise<LeasedConversation> {
      const write = await table.updateOrGet(conversationKey(lease.conversation), {
        ...change,
        when: HOLDS,
        values: { token: lease.token },
      });
      const conversation = write.item && conversationFrom(write.item);
      if (conversation === undefined || !(write.done || isOurs(conversation))) throw lost();
      return withTurn(conversation);
    },

    /** Resolves to undefined when the attribute `unless` exists, or the lease is lost. */
    async writeOnce(lease: Lease, unless: string, change: Change): Promise<LeasedConversation | undefined> {
      const item = await table.update(conversationKey(lease.conversation), {
        ...change,
        when: `${HOLDS} AND attribute_not_exists(#${unless})`,
        values: { token: lease.token },
      });
      return item && withTurn(conversationFrom(item));
    },
  };
}

export type UnderLease = ReturnType<typeof underLease>;

function withTurn(conversation: ConversationItem): LeasedConversation {
  const { turn } = conversation;
  if (turn === undefined) throw lost();
  return { ...conversation, turn };
}

function lost(): LeaseLost {
  return new LeaseLost('another worker holds the conversation, or none does');
}
