import type { Table } from '../../aws/table.ts';
import { BY_TIME } from '../../aws/tables.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { DEAD_LETTERS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeadLetter } from '../../ports/store.ts';
import type { Closing } from './closing.ts';
import { conversationFrom } from './items/conversation.ts';
import { type DeadLetterItem, deadLetterFrom, indexedDeadLetter } from './items/dead-letter.ts';
import { conversationKey, DEAD_LETTER_SHARD, DEAD_LETTERS, deadLetterKey, readTurnId } from './items/keys.ts';
import { readItem } from './items/read.ts';
import type { MessageStates } from './message-states.ts';
import type { Parts } from './parts.ts';
import type { Reopenings } from './reopenings.ts';

interface DeadLetterPorts {
  readonly conversations: Table;
  readonly states: MessageStates;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly reopenings: Reopenings;
  readonly clock: Clock;
}

/** Dead letters: one item each, in the conversation's partition, in an index by the time at which they were given up. */
export function openDeadLetters(ports: DeadLetterPorts) {
  const { conversations, states, parts, closing, reopenings, clock } = ports;
  const oldestAt = () => clock.now() - DEAD_LETTERS_KEPT_MS;

  async function indexed() {
    const items = await conversations.query({
      index: BY_TIME,
      where: '#shard = :shard AND #at > :oldest',
      values: { shard: DEAD_LETTER_SHARD, oldest: oldestAt() },
    });
    return items.map((item) => readItem(indexedDeadLetter, item));
  }

  /** Resolves to those that can still be redriven. */
  async function allOf(conversation: ConversationId): Promise<DeadLetterItem[]> {
    const items = await conversations.query({
      where: '#conversation = :conversation AND begins_with(#item, :dead_letter)',
      values: { conversation, dead_letter: DEAD_LETTERS },
    });
    return items.map(deadLetterFrom).filter(({ at }) => at > oldestAt());
  }

  return {
    async count(): Promise<number> {
      return (await indexed()).length;
    },

    /** Resolves to whether a dead letter of the conversation can still be redriven. */
    async existFor(conversation: ConversationId): Promise<boolean> {
      return (await allOf(conversation)).length > 0;
    },

    /** Resolves to the conversations with a dead letter. */
    async conversations(): Promise<readonly ConversationId[]> {
      return (await indexed()).map(({ conversation }) => conversation);
    },

    /** Resolves to the newest dead letter of the conversation. */
    async newestOf(conversation: ConversationId): Promise<DeadLetterItem | undefined> {
      return (await allOf(conversation)).toSorted((a, b) => b.at - a.at)[0];
    },

    async list(limit: number): Promise<DeadLetter[]> {
      const newest = (await indexed()).sort((a, b) => b.at - a.at).slice(0, limit);
      const keys = newest.map(({ conversation, item }) => ({ conversation, item }));
      return (await conversations.getMany(keys))
        .map(deadLetterFrom)
        .sort((a, b) => b.at - a.at)
        .map(({ turn: turnId, conversation, reason, at: gaveUpAt, messages, newest_at: newestAt }) => ({
          ...{ turnId, conversation, reason, gaveUpAt, messages: messages.length, newestAt },
        }));
    },

    /**
     * The dead letter is deleted last: after a crash before that it can be redriven again, which does not affect messages
     * that wait already or were answered since.
     */
    async redrive(turnId: string): Promise<ConversationId | undefined> {
      const own = readTurnId(turnId);
      const item = own && (await conversations.get(deadLetterKey(own)));
      const deadLetter = item && deadLetterFrom(item);
      if (own === undefined || deadLetter === undefined || deadLetter.at <= oldestAt()) return undefined;
      const found = await conversations.get(conversationKey(own.conversation));
      if (found === undefined) return undefined;
      const { turn } = conversationFrom(found);
      if (turn?.id === turnId) {
        if (turn.finishedBy === undefined) return undefined;
        await closing.close(turn);
      }
      if (deadLetter.messages.length === 0) await reopen(turnId, own.conversation);
      else {
        await states.redrive(deadLetter.messages);
        const written = await parts.writtenFor(turnId);
        const keys = written.map(({ key }) => key);
        await parts.drop(Number.MAX_SAFE_INTEGER, keys);
      }
      await conversations.delete(deadLetterKey(own));
      return own.conversation;
    },
  };

  /** A reopened turn has no messages: its reply is sent again. */
  async function reopen(turn: string, conversation: ConversationId): Promise<void> {
    // Otherwise the claim that opens the next turn would write this turn's end again.
    await conversations.update(conversationKey(conversation), {
      remove: ['turn_gave_up', 'turn_gave_up_at'],
      when: '#turn = :turn AND attribute_exists(#turn_finished_by)',
      values: { turn },
    });
    await reopenings.redrive(turn);
  }
}

export type DeadLetters = ReturnType<typeof openDeadLetters>;
