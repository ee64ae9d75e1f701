import { LeaseLost } from '../../domain/errors.ts';
import type { ChannelName } from '../../domain/message.ts';
import { type Part, partKey } from '../../domain/part.ts';
import type { Clock } from '../../ports/clock.ts';
import { number, type Row } from './attributes.ts';
import { partItem, partsOfTurn, readTurnId } from './names.ts';
import { type HeldTurn, partFrom } from './rows.ts';
import type { Table } from './table.ts';

interface Place {
  readonly turnId: string;
  readonly channel: ChannelName;
  /** From 0; a place is never used twice in a turn, also not by an apology. */
  readonly place: number;
  /** Of the turn: a part may be all that is left of it. */
  readonly newestAt: number | undefined;
}

/**
 * The parts of replies, one item each. An item bears the fence of the claim that may write it; a claim that goes on
 * with a turn raises the fence of its parts before it looks at them, and from then on the one before can write none.
 */
export function openParts(table: Table, clock: Clock) {
  /** Also those that another attempt wrote, and those that an apology replaced. */
  async function writtenFor(turnId: string): Promise<Part[]> {
    return (await rowsFor(turnId)).map(partFrom);
  }

  function rowsFor(turnId: string): Promise<Row[]> {
    return table.query({
      where: '#conversation = :conversation AND begins_with(#item, :parts)',
      values: { conversation: readTurnId(turnId)?.conversation ?? '', parts: partsOfTurn(turnId) },
    });
  }

  return {
    writtenFor,
    rowsFor,

    async of(turn: HeldTurn): Promise<Part[]> {
      return chosen(await writtenFor(turn.id), turn);
    },

    /** Throws `LeaseLost` when a later claim has written there. Not part of the reply until the turn says so. */
    async write({ turnId, channel, place, newestAt }: Place, fence: number, words: string): Promise<void> {
      const key = partKey(turnId, place);
      const marks = { state: 'unsent', fence, written_at: clock.now(), newest_at: newestAt };
      const item = { ...partItem(key), key, channel, text: words, ...marks };
      const when = 'attribute_not_exists(#item) OR #fence <= :fence';
      if (!(await table.put(item, { when, values: { fence } }))) throw new LeaseLost(ANOTHERS);
    },

    /** Takes the parts over and answers them as they are then. Throws `LeaseLost` when a later claim has them. */
    async takeOver({ id, places = [] }: Pick<HeldTurn, 'id' | 'places'>, fence: number): Promise<Part[]> {
      const taken = await Promise.all(places.map((place) => raise(partKey(id, place), fence)));
      return taken.flatMap((part) => part ?? []);
    },

    /** Deletes those that this claim or an earlier one wrote. */
    async drop(turnId: string, fence: number, places: readonly number[]): Promise<void> {
      await Promise.all(
        places.map(async (place) => {
          const item = partItem(partKey(turnId, place));
          if (item) await table.delete(item, { when: '#fence <= :fence', values: { fence } });
        }),
      );
    },
  };

  /** Undefined: the part is long sent and forgotten. */
  async function raise(key: string, fence: number): Promise<Part | undefined> {
    const item = partItem(key);
    if (item === undefined) return undefined;
    const when = 'attribute_exists(#item) AND #fence < :fence';
    const row =
      (await table.update(item, { set: { fence }, when, values: { fence } })) ?? (await table.get(item));
    if (row !== undefined && number(row, 'fence') > fence) throw new LeaseLost(ANOTHERS);
    return row && partFrom(row);
  }
}

/** Those of the written parts that belong to the reply, in order. */
export function chosen(written: readonly Part[], { id, places = [] }: HeldTurn): Part[] {
  const keys = places.map((place) => partKey(id, place));
  return written.filter(({ key }) => keys.includes(key));
}

const ANOTHERS = 'the part belongs to a later claim';

export type Parts = ReturnType<typeof openParts>;
