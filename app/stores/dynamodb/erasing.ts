import { isDeepStrictEqual } from 'node:util';
import type { ConversationId } from '../../ports.ts';
import { text } from './attributes.ts';
import type { Lead, Leads } from './leads.ts';
import { conversationKey, type LeadKey } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';

interface ErasingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly leads: Leads;
}

/** A conversation of the person, and by which name it was found. */
interface Found {
  readonly lead: Lead;
  /** Undefined: it is gone already. */
  readonly held: Held | undefined;
}

/**
 * Takes a person out of the tables: first what is furthest from the name that was asked for, and of each conversation
 * last what led to it, so that a call that failed can be repeated. The ids of messages stay, as hashes: without them
 * a redelivery would bring the person back.
 */
export function erasing({ conversations, stage, leads }: ErasingParts) {
  return async function erase(identity: string): Promise<number> {
    const found = await everythingOf(identity);
    for (const { lead, held } of [...found].reverse()) {
      if (held !== undefined) await eraseConversation(held, lead.key);
      await leads.drop(lead);
    }
    return found.filter(({ held }) => held !== undefined).length;
  };

  /**
   * What the name leads to and once led to, and the same for each other name that leads to one of these now. A name
   * that leads elsewhere now may be somebody else's.
   */
  async function everythingOf(identity: string): Promise<Found[]> {
    const found: Found[] = [];
    const names = new Set([identity]);
    const seen = new Set<ConversationId>();
    for (const name of names) {
      for (const lead of await leads.of(name)) {
        // Goes together with the conversation, which was found already.
        if (seen.has(lead.to)) continue;
        const row = await conversations.get(conversationKey(lead.to));
        const held = row && heldFrom(row);
        found.push({ lead, held });
        if (held === undefined) continue;
        seen.add(lead.to);
        for (const own of await leads.to(held)) if (own.current) names.add(own.name);
      }
    }
    return found;
  }

  async function eraseConversation(before: Held, but: LeadKey): Promise<void> {
    const { id } = before.conversation;
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
    for (const lead of await leads.to(held)) {
      if (!isDeepStrictEqual(lead.key, but)) await leads.drop(lead);
    }
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
    const keys = rows.map((row) => ({ conversation, item: text(row, 'item') }));
    const items = keys.filter(({ item }) => item !== 'conversation');
    await Promise.all(items.map((key) => conversations.delete(key)));
  }
}
