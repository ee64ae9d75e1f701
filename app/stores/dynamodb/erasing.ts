import type { ConversationId } from '../../ports.ts';
import { text } from './attributes.ts';
import { conversationKey, identityKey, identityPartition } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Key, Table } from './table.ts';

interface ErasingParts {
  readonly conversations: Table;
  readonly stage: Stage;
}

/**
 * Takes a person out of the tables. What leads to the person goes last, so that a call that failed can be repeated.
 * The ids of messages stay, as hashes: without them a redelivery would bring the person back.
 */
export function erasing({ conversations, stage }: ErasingParts) {
  return async function erase(identity: string): Promise<number> {
    const leads = await conversations.query({
      where: '#conversation = :who',
      values: { who: identityPartition(identity) },
    });
    const found = new Set(leads.map((row) => text(row, 'leads_to')));
    for (const id of found) await eraseConversation(id, identity);
    for (const row of leads) await conversations.delete(keyOf(row));
    return found.size;
  };

  async function eraseConversation(id: ConversationId, identity: string): Promise<void> {
    // Whoever is at work on it loses the lease, and writes nothing any more.
    const row = await conversations.update(conversationKey(id), {
      set: { lease_until: 0 },
      remove: ['token'],
      when: 'attribute_exists(#item)',
    });
    if (row === undefined) return;
    const held = heldFrom(row);
    await stage.empty(id, held.lanes);
    await eraseItems(id);
    await eraseNames(held, identity);
    await conversations.delete(conversationKey(id));
    // What came in between found a conversation that is gone now; what comes from here on opens a new one.
    await stage.empty(id, held.lanes);
  }

  /** Parts of all turns, and dead letters. */
  async function eraseItems(conversation: ConversationId): Promise<void> {
    const rows = await conversations.query({
      where: '#conversation = :conversation',
      values: { conversation },
    });
    const items = rows.map(keyOf).filter(({ item }) => item !== 'conversation');
    await Promise.all(items.map((key) => conversations.delete(key)));
  }

  /** All but the one that leads here now. */
  async function eraseNames({ conversation, names }: Held, but: string): Promise<void> {
    const { channel, number, id } = conversation;
    for (const name of names.filter((one) => one !== but)) {
      const condition = { when: '#leads_to = :id', values: { id } };
      await conversations.delete(identityKey(channel, number, name), condition);
    }
  }
}

function keyOf(row: Parameters<typeof text>[0]): Key & { readonly item: string } {
  return { conversation: text(row, 'conversation'), item: text(row, 'item') };
}
