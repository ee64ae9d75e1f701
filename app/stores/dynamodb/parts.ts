import type { Table } from '../../aws/table.ts';
import { LeaseLost } from '../../domain/errors.ts';
import type { ChannelName } from '../../domain/message.ts';
import { type NewPart, type Part, partKey } from '../../domain/part.ts';
import { isTemplate } from '../../domain/template.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AnsweredQuestion } from '../quoted.ts';
import type { TurnItem } from './items/conversation.ts';
import { partItemKey, partsOfTurn, readTurnId } from './items/keys.ts';
import { type PartItem, partFrom } from './items/part.ts';

interface PartOwner {
  readonly channel: ChannelName;
  /** Copied from the turn, which may no longer exist. */
  readonly newestAt: number;
  readonly fence: number;
  readonly thread?: AnsweredQuestion | undefined;
}

/**
 * The parts of replies, one item each. An item has the fence of the claim that may write it. A claim that continues a turn
 * raises the fence of its parts before it reads them; from then on the earlier claim cannot write them.
 */
export function openParts(table: Table, clock: Clock) {
  /** Resolves to all parts of a turn, also those of another attempt and those that an apology replaced. */
  async function writtenFor(turnId: string): Promise<PartItem[]> {
    const items = await table.query({
      where: '#conversation = :conversation AND begins_with(#item, :parts)',
      values: { conversation: readTurnId(turnId)?.conversation ?? '', parts: partsOfTurn(turnId) },
    });
    return items.map(partFrom);
  }

  return {
    writtenFor,

    /** Resolves to the parts of the reply. */
    async of(turn: TurnItem): Promise<Part[]> {
      return partsOfReply(await writtenFor(turn.id), turn);
    },

    /** Throws `LeaseLost` when a later claim wrote it. Belongs to the reply only once the turn lists its position. */
    async write({ key, text }: NewPart, { channel, newestAt, fence, thread }: PartOwner): Promise<void> {
      const marks = { state: 'unsent', fence, written_at: clock.now(), newest_at: newestAt };
      const answers = { thread: thread?.id, question: thread?.question };
      const template = isTemplate(text) || undefined;
      const item = { ...partItemKey(key), key, channel, text, template, ...answers, ...marks };
      const when = 'attribute_not_exists(#item) OR #fence <= :fence';
      if (!(await table.put(item, { when, values: { fence } }))) throw new LeaseLost(LATER_CLAIM);
    },

    /** Raises the fence of the parts and resolves to them. Throws `LeaseLost` when a later claim did so. */
    async takeOver(
      { id, positions = [] }: Pick<TurnItem, 'id' | 'positions'>,
      fence: number,
    ): Promise<Part[]> {
      const parts = await Promise.all(positions.map((position) => raiseFence(partKey(id, position), fence)));
      return parts.flatMap((part) => part ?? []);
    },

    /** Deletes the parts that this claim or an earlier one wrote. */
    async drop(fence: number, keys: readonly string[]): Promise<void> {
      await Promise.all(
        keys.map(async (key) => {
          const item = partItemKey(key);
          if (item) await table.delete(item, { when: '#fence <= :fence', values: { fence } });
        }),
      );
    },
  };

  /** Resolves to undefined when the part was sent and deleted long ago. */
  async function raiseFence(key: string, fence: number): Promise<Part | undefined> {
    const item = partItemKey(key);
    if (item === undefined) return undefined;
    const when = 'attribute_exists(#item) AND #fence < :fence';
    const write = await table.updateOrGet(item, { set: { fence }, when, values: { fence } });
    const found = write.item && partFrom(write.item);
    if (found !== undefined && found.fence > fence) throw new LeaseLost(LATER_CLAIM);
    return found?.part;
  }
}

/** Returns the written parts that belong to the reply, in order. */
export function itemsOfReply(written: readonly PartItem[], { id, positions = [] }: TurnItem): PartItem[] {
  const keys = positions.map((position) => partKey(id, position));
  return written.filter(({ key }) => keys.includes(key));
}

export function partsOfReply(written: readonly PartItem[], turn: TurnItem): Part[] {
  return itemsOfReply(written, turn).map(({ part }) => part);
}

const LATER_CLAIM = 'the part belongs to a later claim';

export type Parts = ReturnType<typeof openParts>;
