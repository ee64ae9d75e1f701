import type { Table } from '../../aws/table.ts';
import { hasFailed, positionOf } from '../../domain/part.ts';
import type { TurnItem } from './items/conversation.ts';
import { conversationKey, partItemKey } from './items/keys.ts';
import type { StoredMessage } from './items/message.ts';
import type { PartItem } from './items/part.ts';
import type { MessageStates } from './message-states.ts';
import type { Parts } from './parts.ts';

interface ReopeningPorts {
  readonly conversations: Table;
  readonly states: MessageStates;
  readonly parts: Parts;
  readonly newId: () => string;
}

/** A turn to be opened by a claim. */
export type OpenedTurn = Omit<TurnItem, 'finishedBy'>;

/**
 * Finished turns with a part that was reported as failed. A status writes the part first, then the record for the sweep and
 * the next claim; after a crash in between, the status is delivered again. A claim deletes only the version of the record
 * that it saw before it read the parts.
 */
export function openReopenings({ conversations, states, parts, newId }: ReopeningPorts) {
  return {
    /** For a part whose turn is finished, or may be finished before the next claim. */
    async add({ conversation, newest_at, turnId: turn }: PartItem): Promise<void> {
      // Before the record itself: a claim without the flag does not look for records.
      await conversations.update(conversationKey(conversation), {
        set: { had_reopening: true },
        when: 'attribute_exists(#item) AND attribute_not_exists(#had_reopening)',
      });
      await states.putReopening({ turn, nonce: newId() }, newest_at);
    },

    /** Resolves to the first of these turns with a part to be sent again. Deletes the records before it. */
    async first(records: readonly StoredMessage[]): Promise<OpenedTurn | undefined> {
      for (const record of records) {
        const turn = record.reopening && (await turnOf(record.reopening.turn));
        if (turn !== undefined) return turn;
        await states.dropReopening(record);
      }
      return undefined;
    },

    /** Reopens a turn that was given up after it was reopened before. Idempotent. */
    async redrive(turn: string): Promise<void> {
      const tried = await triedParts(turn);
      for (const { key } of tried) {
        const item = partItemKey(key);
        const update = { remove: ['given_up', 'given_up_reopened'], when: 'attribute_exists(#item)' };
        if (item) await conversations.update(item, update);
      }
      const [first] = tried;
      if (first !== undefined) await this.add(first);
    },
  };

  /** Unsent parts of another attempt do not belong to the reply. */
  async function triedParts(turn: string): Promise<PartItem[]> {
    return (await parts.writtenFor(turn)).filter(({ tried_at }) => tried_at !== undefined);
  }

  async function turnOf(id: string): Promise<OpenedTurn | undefined> {
    const tried = (await triedParts(id)).filter(({ turn }) => !turn.gaveUp);
    if (!tried.some(({ sends }) => sends.state !== 'sent' || hasFailed(sends))) return undefined;
    const positions = tried.map(({ key }) => positionOf(key));
    const newestAt = Math.max(...tried.map(({ newest_at }) => newest_at));
    return {
      ...{ id, messages: [], attempts: 0, reopened: true, newestAt, positions, gaveUp: undefined },
      nextPosition: Math.max(...positions) + 1,
    };
  }
}

export type Reopenings = ReturnType<typeof openReopenings>;
