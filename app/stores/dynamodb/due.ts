import { z } from 'zod';
import type { Item } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Maintenance } from '../../ports/store.ts';
import { createShares } from '../shares.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Identities } from './identities.ts';
import { indexedWork } from './indexed-work.ts';
import { conversationKey, isReopening } from './items/keys.ts';
import type { IndexedMessage } from './items/message.ts';
import { readItem } from './items/read.ts';
import type { MessageStates } from './message-states.ts';
import type { Messages } from './messages.ts';

export interface DuePorts {
  readonly conversations: Table;
  readonly messageTable: Table;
  readonly messages: Messages;
  readonly states: MessageStates;
  readonly identities: Identities;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/**
 * A sweep reads this many conversations of a business for each that it may return: a hundred thousand that wait for their
 * time must not be read each time.
 */
const READS_PER_PLACE = 5;

/** Only the attributes that the sweep needs: an item of a newer release must not block the others. */
const claimable = z.object({
  ...{ lease_until: z.number(), retry_at: z.number() },
  ...{ turn: z.string().optional(), turn_finished_by: z.string().optional() },
});

/**
 * Finds work through the messages themselves: each is in a shard of the index from the write that stores it to the write
 * that closes it, also while its turn is open. So no second record of work exists that could be lost.
 */
export function findingWork(ports: DuePorts): Pick<Maintenance, 'due' | 'backlog'> {
  const { conversations, messageTable, messages, states, identities, deadLetters, clock } = ports;

  /** `oldest`: the oldest message of each conversation. */
  async function dueAmong(oldest: readonly IndexedMessage[], olderThanMs: number): Promise<ConversationId[]> {
    const items = await conversations.getMany(
      oldest.map(({ conversation }) => conversationKey(conversation)),
    );
    const owners = new Map(items.map((item) => [item.conversation, item]));
    const due: ConversationId[] = [];
    for (const message of oldest) {
      const id = message.conversation;
      const owner = owners.get(id);
      if (owner === undefined) due.push(await adopt(message));
      else if (isDue(owner, Math.floor(message.at / 1000), olderThanMs)) due.push(id);
    }
    return due;
  }

  function isDue(item: Item, oldestAt: number, olderThanMs: number): boolean {
    const now = clock.now();
    const owner = readItem(claimable, item);
    const isOpen = owner.turn !== undefined && owner.turn_finished_by === undefined;
    const isFree = owner.lease_until <= now && owner.retry_at <= now;
    return isFree && (isOpen || oldestAt <= now - olderThanMs);
  }

  /** A message that arrived while its conversation was being erased: it opens a new one. */
  async function adopt({ partition, message: id, conversation }: IndexedMessage): Promise<ConversationId> {
    const ref = { partition, id };
    const stored = await messages.find(ref);
    // A part of a person who was erased while its status arrived.
    if (stored?.reopening !== undefined) await states.dropReopening(stored);
    if (stored?.message === undefined) return conversation;
    const owner = await identities.ensureConversation(stored.message);
    await states.handOver(ref, owner);
    return owner;
  }

  return {
    async due(limit, olderThanMs, perBusiness = limit) {
      const due = new Set<ConversationId>();
      const shares = createShares(perBusiness);
      const reads = createShares(perBusiness < limit ? perBusiness * READS_PER_PLACE : Infinity);
      for await (const found of indexedWork(messageTable)) {
        const readable = unique(found).filter(
          ({ conversation }) => !shares.isFull(conversation) && reads.take(conversation),
        );
        for (const id of await dueAmong(readable, olderThanMs)) {
          if (due.size < limit && !due.has(id) && shares.take(id)) due.add(id);
        }
        if (due.size >= limit) break;
      }
      return [...due];
    },

    async backlog() {
      let count = 0;
      let oldest = Number.POSITIVE_INFINITY;
      for await (const found of indexedWork(messageTable)) {
        const waiting = found.filter(({ message }) => !isReopening(message));
        count += waiting.length;
        for (const { at } of waiting) oldest = Math.min(oldest, at);
      }
      return {
        waiting: count,
        deadLetters: await deadLetters.count(),
        ...(count > 0 && { oldestAt: Math.floor(oldest / 1000) }),
      };
    },
  };
}

/** Returns the first message of each conversation. */
function unique(found: readonly IndexedMessage[]): IndexedMessage[] {
  const first = new Map<ConversationId, IndexedMessage>();
  for (const message of found) {
    if (!first.has(message.conversation)) first.set(message.conversation, message);
  }
  return [...first.values()];
}
