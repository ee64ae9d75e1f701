import { z } from 'zod';
import type { Item, Key } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import { TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Operations } from '../../ports/store.ts';
import { textsIn } from '../search.ts';
import { withoutAbsent } from '../shown.ts';
import type { Aliases } from './aliases.ts';
import { conversationFrom, hasOpenTurn } from './items/conversation.ts';
import { conversationKey, turnIdOf } from './items/keys.ts';
import { messageFrom, type StoredMessage } from './items/message.ts';
import { readItem } from './items/read.ts';

interface ScanningPorts {
  readonly conversations: Table;
  readonly messageTable: Table;
  readonly aliases: Aliases;
}

const storedPart = z.object({ conversation: z.string(), item: z.string(), written_at: z.number() });

/** What reads both tables wholly: half a read unit for each 4 KB, or a whole one for the search, which is consistent. */
export function scanning({
  conversations,
  messageTable,
  aliases,
}: ScanningPorts): Pick<Operations, 'search' | 'oldestTexts'> {
  return {
    /** An identity is the key of nothing: its items have a digest as their key, so those are looked up as well. */
    async search(identities) {
      const searched = [];
      const found = [];
      for (const table of [conversations, messageTable]) {
        let [size, count] = [0, 0];
        for await (const item of scan(table, { isConsistent: true })) {
          size += 1;
          if (textsIn(item).some((text) => identities.some((own) => text.includes(own)))) count += 1;
        }
        searched.push({ place: table.name, size, unit: 'items' });
        if (count > 0) found.push({ place: table.name, count });
      }
      const items = (await Promise.all(identities.map(aliases.of))).flat();
      if (items.length > 0) found.push({ place: `${conversations.name} (identities)`, count: items.length });
      return { searched, found };
    },

    async oldestTexts() {
      const times = new Map<string, number>();
      for await (const item of scan(messageTable, {
        filter: 'attribute_exists(#content) OR attribute_exists(#change)',
      })) {
        const stored = messageFrom(item);
        const isAhead = stored.state === 'ahead';
        if (isAhead && stored.change?.content === undefined) continue;
        const kind = isAhead ? 'correction' : stored.state === 'dead' ? 'deadLetter' : 'message';
        const at = isAhead ? aheadSince(stored) : Math.floor(stored.arrival / 1000);
        times.set(kind, Math.min(times.get(kind) ?? at, at));
      }
      const [message, deadLetter, correction] = ['message', 'deadLetter', 'correction'].map((kind) =>
        times.get(kind),
      );
      return withoutAbsent({ message, deadLetter, correction, part: await oldestPart() });
    },
  };

  async function oldestPart(): Promise<number | undefined> {
    const parts = [];
    for await (const item of scan(conversations, { filter: 'attribute_exists(#text)' }))
      parts.push(readItem(storedPart, item));
    for (const { conversation, item, written_at } of parts.toSorted((a, b) => a.written_at - b.written_at)) {
      const found = await conversations.get(conversationKey(conversation));
      const owner = found && conversationFrom(found);
      const turnId = turnIdOf(conversation, item.split('.')[1] ?? '');
      if (owner === undefined || !hasOpenTurn(owner) || owner.turn?.id !== turnId) return written_at;
    }
    return undefined;
  }
}

/** A correction has no arrival; its expiry follows from it. */
function aheadSince({ expiresAt = 0 }: StoredMessage): number {
  return expiresAt * 1000 - TEXT_KEPT_MS;
}

interface Scan {
  readonly filter?: string;
  readonly isConsistent?: boolean;
}

const startKey = z.record(z.string(), z.string());

async function* scan(table: Table, { filter, isConsistent = false }: Scan): AsyncGenerator<Item> {
  let from: Key | undefined;
  do {
    const page = await table.scanPage(filter, {}, from, { isConsistent });
    yield* page.items;
    from = page.next && readItem(startKey, page.next);
  } while (from !== undefined);
}
