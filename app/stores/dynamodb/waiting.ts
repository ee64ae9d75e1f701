import { BY_TIME } from '../../aws/tables.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Backlog } from '../../ports/store.ts';
import { number, type Row, text } from './attributes.ts';
import { conversationKey, isReopening, LETTER_SHELF, WAITING_SHELVES } from './names.ts';
import type { People } from './people.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';

interface WaitingParts {
  readonly conversations: Table;
  readonly stageTable: Table;
  readonly stage: Stage;
  readonly people: People;
  readonly oldestLetterAt: () => number;
  readonly clock: Clock;
}

const PAGE = 500;

/**
 * What waits, found through the messages themselves: each lies on a shelf of the index from the write that stores it
 * to the write that puts it away, also while its turn is open. So there is no second record of work that could be
 * forgotten.
 */
export function waiting(parts: WaitingParts) {
  const { conversations, stageTable, stage, people, oldestLetterAt, clock } = parts;

  function shelf(name: string): AsyncGenerator<Row[]> {
    return stageTable.pages({
      index: BY_TIME,
      where: '#shelf = :shelf',
      values: { shelf: name },
      pageSize: PAGE,
    });
  }

  /** All shelves side by side, the next page of each at a time; oldest first within a round. */
  async function* rounds(): AsyncGenerator<Row[]> {
    const shelves = WAITING_SHELVES.map(shelf);
    for (;;) {
      const pages = await Promise.all(shelves.map((pagesOfOne) => pagesOfOne.next()));
      const rows = pages.flatMap(({ done, value }) => (done ? [] : value));
      yield rows.sort((a, b) => number(a, 'at') - number(b, 'at'));
      if (pages.every(({ done }) => done)) return;
    }
  }

  async function dueAmong(rows: readonly Row[], olderThanMs: number): Promise<ConversationId[]> {
    const oldest = new Map<ConversationId, Row>();
    for (const row of rows) {
      const id = text(row, 'conversation');
      if (!oldest.has(id)) oldest.set(id, row);
    }
    const found = await conversations.getMany([...oldest.keys()].map(conversationKey));
    const held = new Map(found.map((row) => [text(row, 'conversation'), row]));
    const due: ConversationId[] = [];
    for (const [id, row] of oldest) {
      const one = held.get(id);
      if (one === undefined) due.push(await adopt(row));
      else if (isDue(one, Math.floor(number(row, 'at') / 1000), olderThanMs)) due.push(id);
    }
    return due;
  }

  /** Reads no more than it needs: one item that a newer release wrote must not keep the sweep from everybody else. */
  function isDue(row: Row, oldestAt: number, olderThanMs: number): boolean {
    const now = clock.now();
    const open = 'turn' in row && !('turn_finished_by' in row);
    const isFree = number(row, 'lease_until') <= now && number(row, 'retry_at') <= now;
    return isFree && (open || oldestAt <= now - olderThanMs);
  }

  /** A message that came while its conversation was being erased: it begins a new one. */
  async function adopt(row: Row): Promise<ConversationId> {
    const entry = { lane: text(row, 'lane'), id: text(row, 'message') };
    const staged = await stage.find(entry);
    const message = staged?.message;
    // A part of somebody who was erased while its status came.
    if (staged?.reopening !== undefined) await stage.dropReopening(staged);
    if (message === undefined) return text(row, 'conversation');
    const id = await people.settle(message);
    await stage.handOver(entry, id);
    return id;
  }

  return {
    async due(limit: number, olderThanMs: number): Promise<ConversationId[]> {
      const due = new Set<ConversationId>();
      for await (const rows of rounds()) {
        for (const id of await dueAmong(rows, olderThanMs)) if (due.size < limit) due.add(id);
        if (due.size >= limit) break;
      }
      return [...due];
    },

    async backlog(): Promise<Backlog> {
      let count = 0;
      let oldest = Number.POSITIVE_INFINITY;
      for await (const rows of rounds()) {
        const messages = rows.filter((row) => !isReopening(text(row, 'message')));
        count += messages.length;
        for (const row of messages) oldest = Math.min(oldest, number(row, 'at'));
      }
      const letters = await conversations.query({
        index: BY_TIME,
        where: '#shelf = :shelf AND #at > :oldest',
        values: { shelf: LETTER_SHELF, oldest: oldestLetterAt() },
      });
      return {
        waiting: count,
        deadLetters: letters.length,
        ...(count > 0 && { oldestAt: Math.floor(oldest / 1000) }),
      };
    },
  };
}
