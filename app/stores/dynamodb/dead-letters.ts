import type { Table } from '../../aws/table.ts';
import { BY_TIME } from '../../aws/tables.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { DEAD_LETTERS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeadLetter, DeadLetterTexts, ShownDeadLetter } from '../../ports/store.ts';
import { withoutText } from '../shown.ts';
import type { Closing } from './closing.ts';
import { conversationFrom, type TurnItem } from './items/conversation.ts';
import { type DeadLetterItem, deadLetterFrom, indexedDeadLetter } from './items/dead-letter.ts';
import { conversationKey, DEAD_LETTER_SHARD, DEAD_LETTERS, deadLetterKey, readTurnId } from './items/keys.ts';
import type { PartItem } from './items/part.ts';
import { readItem } from './items/read.ts';
import type { MessageStates } from './message-states.ts';
import type { Messages } from './messages.ts';
import { itemsOfReply, type Parts } from './parts.ts';
import type { Reopenings } from './reopenings.ts';

interface DeadLetterPorts {
  readonly conversations: Table;
  readonly messages: Messages;
  readonly states: MessageStates;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly reopenings: Reopenings;
  readonly clock: Clock;
}

/** Dead letters: one item each, in the conversation's partition, in an index by the time at which they were given up. */
export function openDeadLetters(ports: DeadLetterPorts) {
  const { conversations, messages, states, parts, closing, reopenings, clock } = ports;
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
        .map(shown);
    },

    async show(turnId: string): Promise<ShownDeadLetter | undefined> {
      const found = await find(turnId);
      if (found === undefined) return undefined;
      const { deadLetter, lastTurn } = found;
      const { attempts } = deadLetter;
      const reply = await replyOf(turnId, lastTurn);
      return {
        ...shown(deadLetter),
        ...(attempts !== undefined && { attempts }),
        parts: reply.map(({ part, isTemplate }) => withoutText(part, isTemplate)),
      };
    },

    async texts(turnId: string): Promise<DeadLetterTexts | undefined> {
      const found = await find(turnId);
      if (found === undefined) return undefined;
      const reply = await replyOf(turnId, found.lastTurn);
      return {
        messages: await messages.contentsOf(found.deadLetter.messages),
        parts: reply.map(({ part: { key, text } }) => ({ key, text })),
      };
    },

    /**
     * The dead letter is deleted last: after a crash before that it can be redriven again, which does not affect messages
     * that wait already or were answered since.
     */
    async redrive(turnId: string): Promise<ConversationId | undefined> {
      const deadLetter = await findEnded(turnId);
      if (deadLetter === undefined) return undefined;
      if (deadLetter.messages.length === 0) await reopen(turnId, deadLetter.conversation);
      else {
        await states.redrive(deadLetter.messages);
        await dropParts(turnId);
      }
      await remove(turnId);
      return deadLetter.conversation;
    },

    /** The dead letter is deleted last, as by `redrive`. */
    async drop(turnId: string): Promise<ConversationId | undefined> {
      const deadLetter = await findEnded(turnId);
      if (deadLetter === undefined) return undefined;
      await states.dropDead(deadLetter.messages);
      await dropParts(turnId);
      await remove(turnId);
      return deadLetter.conversation;
    },
  };

  /** Resolves to the dead letter and the last turn of its conversation. */
  async function find(
    turnId: string,
  ): Promise<{ deadLetter: DeadLetterItem; lastTurn: TurnItem | undefined } | undefined> {
    const own = readTurnId(turnId);
    const item = own && (await conversations.get(deadLetterKey(own)));
    const deadLetter = item && deadLetterFrom(item);
    if (own === undefined || deadLetter === undefined || deadLetter.at <= oldestAt()) return undefined;
    const found = await conversations.get(conversationKey(own.conversation));
    return found === undefined ? undefined : { deadLetter, lastTurn: conversationFrom(found).turn };
  }

  /** Resolves to undefined, too, while the apology is not sent. Otherwise all steps of the turn's end are done. */
  async function findEnded(turnId: string): Promise<DeadLetterItem | undefined> {
    const found = await find(turnId);
    if (found === undefined) return undefined;
    const { deadLetter, lastTurn } = found;
    if (lastTurn?.id === turnId) {
      if (lastTurn.finishedBy === undefined) return undefined;
      await closing.close(lastTurn);
    }
    return deadLetter;
  }

  /** Resolves to the parts of the reply and the apology. Those of another attempt are not marked as given up. */
  async function replyOf(turnId: string, lastTurn: TurnItem | undefined): Promise<PartItem[]> {
    const written = await parts.writtenFor(turnId);
    if (lastTurn?.id === turnId) return itemsOfReply(written, lastTurn);
    return written.filter(({ turn }) => turn.gaveUp);
  }

  async function dropParts(turnId: string): Promise<void> {
    const written = await parts.writtenFor(turnId);
    const keys = written.map(({ key }) => key);
    await parts.drop(Number.MAX_SAFE_INTEGER, keys);
  }

  async function remove(turnId: string): Promise<void> {
    const own = readTurnId(turnId);
    if (own !== undefined) await conversations.delete(deadLetterKey(own));
  }

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

function shown({
  turn,
  conversation,
  reason,
  at,
  messages,
  newest_at: newestAt,
}: DeadLetterItem): DeadLetter {
  return { turnId: turn, conversation, reason, gaveUpAt: at, messages: messages.length, newestAt };
}

export type DeadLetters = ReturnType<typeof openDeadLetters>;
