import { hasFailed, positionOf, type TurnOfPart } from '../../domain/part.ts';
import { optionalFlag, optionalNumber, type Row, text } from './attributes.ts';
import { conversationKey, partItem } from './names.ts';
import type { Parts } from './parts.ts';
import { type HeldTurn, sendsFrom } from './rows.ts';
import type { Stage, Staged } from './stage.ts';
import type { Table } from './table.ts';

interface ReopeningParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly parts: Parts;
  readonly newId: () => string;
}

/** A turn as a claim opens it. */
export type OpenedTurn = Omit<HeldTurn, 'finishedBy'>;

/**
 * Finished turns with a part that was reported as failed. The status writes the part first, then what says so to the
 * sweep and to the next claim; a crash in between leaves both to the status, which is delivered again. A claim drops it
 * only as it was before the parts were read.
 */
export function reopening({ conversations, stage, parts, newId }: ReopeningParts) {
  return {
    /** For a part whose turn is finished, or may be by the time anybody looks. */
    async ask(turn: string, part: Row): Promise<void> {
      // Before what it leads to: a claim that does not see the mark does not look there.
      await conversations.update(conversationKey(text(part, 'conversation')), {
        set: { was_asked: true },
        when: 'attribute_exists(#item) AND attribute_not_exists(#was_asked)',
      });
      await stage.askToReopen({ turn, nonce: newId() }, newestOf(part));
    },

    /** The first of these turns that has something to be sent again. Drops those before it. */
    async first(asked: readonly Staged[]): Promise<OpenedTurn | undefined> {
      for (const staged of asked) {
        const turn = staged.reopening && (await turnOf(staged.reopening.turn));
        if (turn !== undefined) return turn;
        await stage.dropReopening(staged);
      }
      return undefined;
    },

    /** The same for a turn that was given up after it was reopened. The second time changes nothing. */
    async revive(turn: string): Promise<void> {
      const rows = await triedParts(turn);
      for (const row of rows) {
        const item = partItem(text(row, 'key'));
        if (item)
          await conversations.update(item, {
            remove: ['over', 'over_reopened'],
            when: 'attribute_exists(#item)',
          });
      }
      const [first] = rows;
      if (first !== undefined) await this.ask(turn, first);
    },
  };

  /** What another attempt wrote and never sent does not belong to the reply. */
  async function triedParts(turn: string): Promise<Row[]> {
    return (await parts.rowsFor(turn)).filter((row) => optionalNumber(row, 'tried_at') !== undefined);
  }

  async function turnOf(id: string): Promise<OpenedTurn | undefined> {
    const rows = (await triedParts(id)).filter((row) => !isOver(row));
    const isMissing = (row: Row) => sendsFrom(row).state !== 'sent' || hasFailed(sendsFrom(row));
    if (!rows.some(isMissing)) return undefined;
    const places = rows.map((row) => positionOf(text(row, 'key')));
    const newestAt = Math.max(...rows.map(newestOf));
    return {
      ...{ id, entries: [], attempts: 0, reopened: true, newestAt, places, buried: undefined },
      nextPlace: Math.max(...places) + 1,
    };
  }
}

/** True for a part of a turn that was given up: what is reported of it changes nothing any more. */
function isOver(row: Row): boolean {
  return optionalFlag(row, 'over') ?? false;
}

/** What a part knows of its turn once that has ended. */
export function turnOfPart(row: Row): TurnOfPart {
  return { gaveUp: isOver(row), reopened: optionalFlag(row, 'over_reopened') ?? false };
}

/** When the newest message of its turn was sent. A part of an earlier release does not say it: it was written soon after. */
function newestOf(row: Row): number {
  return optionalNumber(row, 'newest_at') ?? optionalNumber(row, 'written_at') ?? 0;
}

export type ReopeningTurns = ReturnType<typeof reopening>;
