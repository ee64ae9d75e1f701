import PQueue from 'p-queue';
import { z } from 'zod';
import type { Key } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Operations, ShownConversation } from '../../ports/store.ts';
import { isQuiet, oldestFirst, withoutText } from '../shown.ts';
import type { DeadLetters } from './dead-letters.ts';
import { indexedWork } from './indexed-work.ts';
import { type ConversationItem, conversationFrom, hasOpenTurn, type TurnItem } from './items/conversation.ts';
import { conversationKey, isReopening } from './items/keys.ts';
import { isSameRef } from './items/message-ref.ts';
import { readItem } from './items/read.ts';
import type { Messages } from './messages.ts';
import { itemsOfReply, type Parts } from './parts.ts';
import type { ConversationsOf } from './person.ts';

export interface ShowingPorts {
  readonly conversations: Table;
  readonly messageTable: Table;
  readonly messages: Messages;
  readonly parts: Parts;
  readonly deadLetters: DeadLetters;
  readonly conversationsOf: ConversationsOf;
  readonly clock: Clock;
}

/** Conversations whose messages and parts are read at the same time. */
const CONCURRENCY = 16;

const startKey = z.object({ conversation: z.string(), item: z.string() });

/** As `standingText` writes them; in a sentence the quotation marks are escaped. */
const QUIET = { hand_off: '"handOff":', opted_out: '"optedOutAt":' };

/** Conversations without texts. */
export function showing(
  ports: ShowingPorts,
): Pick<Operations, 'conversations' | 'conversation' | 'conversationsOf'> {
  const { conversations, messageTable, messages, parts, deadLetters, conversationsOf, clock } = ports;

  /** Resolves to every conversation with messages in the index, with the arrival of the newest of them. */
  async function working(): Promise<Map<ConversationId, number>> {
    const newest = new Map<ConversationId, number>();
    for await (const found of indexedWork(messageTable)) {
      for (const { conversation, message, at } of found) {
        const arrivedAt = isReopening(message) ? 0 : Math.floor(at / 1000);
        newest.set(conversation, Math.max(newest.get(conversation) ?? 0, arrivedAt));
      }
    }
    return newest;
  }

  /** Resolves to every conversation that is handed off or opted out. Reads the whole table. */
  async function quiet(): Promise<ConversationId[]> {
    const ids: ConversationId[] = [];
    let from: Key | undefined;
    do {
      const filter = '#item = :own AND (contains(#standing, :hand_off) OR contains(#standing, :opted_out))';
      const page = await conversations.scanPage(filter, { own: 'conversation', ...QUIET }, from);
      for (const item of page.items) {
        const { conversation } = conversationFrom(item);
        if (isQuiet(conversation.standing, clock.now())) ids.push(conversation.id);
      }
      from = page.next && readItem(startKey, page.next);
    } while (from !== undefined);
    return ids;
  }

  async function shown(own: ConversationItem): Promise<ShownConversation> {
    const { conversation, partitions, leaseUntil, retryAt, lastAt, turn: last } = own;
    const [stored, written, deadLetter] = await Promise.all([
      messages.waitingFor(conversation.id, partitions),
      last === undefined ? [] : parts.writtenFor(last.id),
      deadLetters.newestOf(conversation.id),
    ]);
    // The messages of the turn wait until they are closed.
    const waiting = stored.filter((message) => !last?.messages.some((ref) => isSameRef(ref, message)));
    const arrivals = waiting.map(({ arrival }) => Math.floor(arrival / 1000));
    // Otherwise it was redriven: its messages wait again, and its parts are deleted.
    const isKept = last?.gaveUp === undefined || hasOpenTurn(own) || deadLetter?.turn === last.id;
    const turn = isKept ? last : undefined;
    const replied = turn?.positions && itemsOfReply(written, turn);
    return {
      conversation,
      lastAt: Math.max(lastAt, ...arrivals),
      waiting: waiting.length,
      ...(arrivals.length > 0 && { waitingSince: Math.min(...arrivals) }),
      ...(leaseUntil > clock.now() && { leaseUntil }),
      ...(retryAt > 0 && { retryAt }),
      ...(turn !== undefined && {
        turn: {
          ...shownTurn(turn),
          ...(replied && { parts: replied.map(({ part, isTemplate }) => withoutText(part, isTemplate)) }),
        },
      }),
      ...(deadLetter !== undefined && {
        deadLetter: { turnId: deadLetter.turn, reason: deadLetter.reason, gaveUpAt: deadLetter.at },
      }),
    };
  }

  function shownEach(found: readonly ConversationItem[]): Promise<ShownConversation[]> {
    const reading = new PQueue({ concurrency: CONCURRENCY });
    return reading.addAll(found.map((own) => () => shown(own)));
  }

  return {
    /**
     * Reads the indexes of waiting messages and of dead letters and then scans the whole table, eventually consistent: half a
     * read unit for each 4 KB of it, about $0.02 for a gigabyte. For each conversation that is returned, three or four
     * queries more.
     */
    async conversations(limit) {
      const [arrived, dead, silent] = await Promise.all([working(), deadLetters.conversations(), quiet()]);
      const ids = [...new Set([...arrived.keys(), ...dead, ...silent])];
      const items = (await conversations.getMany(ids.map(conversationKey))).map(conversationFrom);
      const found = items.map((own) => ({
        own,
        lastAt: Math.max(own.lastAt, arrived.get(own.conversation.id) ?? 0),
      }));
      return shownEach(oldestFirst(found, limit).map(({ own }) => own));
    },

    async conversation(id) {
      const item = id === '' ? undefined : await conversations.get(conversationKey(id));
      return item && shown(conversationFrom(item));
    },

    async conversationsOf(identity) {
      const found = await conversationsOf(identity);
      return shownEach(found.flatMap(({ own }) => own ?? []));
    },
  };
}

function shownTurn(turn: TurnItem) {
  const { id, attempts, newestAt, gaveUp } = turn;
  const isOpen = hasOpenTurn({ turn });
  return {
    ...{ id, attempts, newestAt, isOpen },
    messages: isOpen || gaveUp !== undefined ? turn.messages.length : 0,
    ...(gaveUp !== undefined && { gaveUpReason: gaveUp.reason }),
  };
}
