import type { Table } from '../../aws/table.ts';
import { BY_TIME } from '../../aws/tables.ts';
import { WAITING_SHARDS } from './items/keys.ts';
import { type IndexedMessage, indexedMessage } from './items/message.ts';
import { readItem } from './items/read.ts';

const PAGE_SIZE = 500;

/**
 * Yields the waiting messages and the records of turns to be reopened: reads all shards concurrently, one page of each per
 * round; oldest first within a round. A message is here until the end of its turn.
 */
export async function* indexedWork(messageTable: Table): AsyncGenerator<IndexedMessage[]> {
  const shards = WAITING_SHARDS.map((shard) =>
    messageTable.pages({
      index: BY_TIME,
      where: '#shard = :shard',
      values: { shard },
      pageSize: PAGE_SIZE,
    }),
  );
  for (;;) {
    const pages = await Promise.all(shards.map((pagesOfOne) => pagesOfOne.next()));
    const items = pages.flatMap(({ done, value }) => (done ? [] : value));
    yield items.map((item) => readItem(indexedMessage, item)).sort((a, b) => a.at - b.at);
    if (pages.every(({ done }) => done)) return;
  }
}
