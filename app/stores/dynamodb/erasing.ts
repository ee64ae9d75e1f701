import { isDeepStrictEqual } from 'node:util';
import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { lastOwner, ownersToErase } from '../../domain/identity/erasure.ts';
import { text } from './attributes.ts';
import { type Leads, type NameItem, nameItem } from './leads.ts';
import { conversationKey } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';

interface ErasingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly leads: Leads;
}

/** A conversation of the person, and the name by which it was found. */
interface Found {
  readonly id: ConversationId;
  readonly by: NameItem;
  /** Undefined: it is gone already. */
  readonly held: Held | undefined;
}

/** Others may write a name's item between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

/**
 * Takes a person out of the tables: first what is furthest from the name that was asked for, and of each conversation
 * last the name that led to it, so that a call that failed can be repeated. The ids of messages stay, as keyed digests
 * that belong to nobody: without them a redelivery would bring the person back.
 */
export function erasing({ conversations, stage, leads }: ErasingParts) {
  return async function erase(identity: string): Promise<number> {
    const found = await everythingOf(identity);
    for (const { id, held, by } of [...found].reverse()) {
      if (held !== undefined) await eraseConversation(held, by);
      await drop(by, id);
    }
    return found.filter(({ held }) => held !== undefined).length;
  };

  async function everythingOf(identity: string): Promise<Found[]> {
    const found = new Map<ConversationId, Found>();

    async function visit(by: NameItem): Promise<void> {
      const seen = new Map<ConversationId, Held | undefined>();
      const named = new Set<ConversationId>();
      for (const { conversation } of by.history) {
        const row = await conversations.get(conversationKey(conversation));
        const held = row && heldFrom(row);
        seen.set(conversation, held);
        if (held !== undefined && (await leads.hasName(held))) named.add(conversation);
      }
      for (const id of ownersToErase(by.history, (owner) => named.has(owner))) {
        if (!found.has(id)) found.set(id, { id, by, held: seen.get(id) });
      }
    }

    for (const item of await leads.of(identity)) await visit(item);
    // A map also iterates over what is added meanwhile.
    for (const { id, held } of found.values()) {
      if (held === undefined) continue;
      for (const item of await leads.to(held)) if (lastOwner(item.history) === id) await visit(item);
    }
    return [...found.values()];
  }

  async function eraseConversation(before: Held, but: NameItem): Promise<void> {
    const { id } = before.conversation;
    // Whoever is at work on it loses the lease, and writes nothing any more.
    const row = await conversations.update(conversationKey(id), {
      set: { lease_until: 0 },
      remove: ['token'],
      when: 'attribute_exists(#item)',
    });
    if (row === undefined) return;
    const held = heldFrom(row);
    await stage.disownAll(id, held.lanes);
    await eraseItems(id);
    for (const item of await leads.to(held)) {
      if (!isDeepStrictEqual(item.key, but.key)) await drop(item, id);
    }
    await conversations.delete(conversationKey(id));
    // What came in between found a conversation that is gone now; what comes from here on opens a new one.
    await stage.disownAll(id, held.lanes);
  }

  /** Takes the conversation out of the name's history, whoever else writes there meanwhile. */
  async function drop({ name, key }: NameItem, id: ConversationId): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await conversations.get(key);
      if (row === undefined) return;
      const item = nameItem(name, key, row);
      if (item.history.every(({ conversation }) => conversation !== id)) return;
      if (await leads.drop(item, id)) return;
    }
    throw new Unavailable('a name changes too fast to be erased', { scope: 'app', code: 'contended' });
  }

  /** Parts of all turns, and dead letters. */
  async function eraseItems(conversation: ConversationId): Promise<void> {
    const rows = await conversations.query({
      where: '#conversation = :conversation',
      values: { conversation },
    });
    const keys = rows.map((row) => ({ conversation, item: text(row, 'item') }));
    const items = keys.filter(({ item }) => item !== 'conversation');
    await Promise.all(items.map((key) => conversations.delete(key)));
  }
}
