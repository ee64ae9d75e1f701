import { needsText } from '../../domain/part.ts';
import { DEAD_LETTERS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { entryText } from './entries.ts';
import { LETTER_SHELF, letterKey, partItem, readTurnId } from './names.ts';
import type { Parts } from './parts.ts';
import type { HeldTurn } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';

interface ClosingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly parts: Parts;
  readonly clock: Clock;
}

/**
 * What follows once a turn is finished or given up. Everything here can be done again: the turn's end is written
 * first, in the conversation's item, and as long as one of its messages has not been put away the sweep leads back here.
 */
export function closing({ conversations, stage, parts, clock }: ClosingParts) {
  async function keepLetter(turn: HeldTurn): Promise<void> {
    const own = readTurnId(turn.id);
    if (turn.buried === undefined || own === undefined) return;
    const messages = await stage.messagesOf(turn.entries);
    const letter = {
      ...letterKey(own),
      turn: turn.id,
      reason: turn.buried.reason,
      newest_at: turn.newestAt ?? messages.at(-1)?.sentAt,
      messages: turn.entries.map((entry) => entryText(entry)),
      shelf: LETTER_SHELF,
      at: turn.buried.at,
      expires_at: Math.ceil((turn.buried.at + DEAD_LETTERS_KEPT_MS) / 1000),
    };
    await conversations.put(letter, { when: 'attribute_not_exists(#item)' });
  }

  /**
   * Parts of a turn that was given up may never get a status: they begin to expire, and words that nobody can ask for go.
   * Those of a reopened turn stay with its dead letter.
   */
  async function settleParts(turn: HeldTurn): Promise<void> {
    const expires_at = Math.ceil((clock.now() + TEXT_KEPT_MS) / 1000);
    await Promise.all(
      (await parts.of(turn)).map(async ({ key, progress }) => {
        const item = partItem(key);
        const isNeeded = needsText({ progress }, { gaveUp: true, reopened: turn.reopened });
        const update = {
          set: { expires_at, over: true, over_reopened: turn.reopened || undefined },
          remove: isNeeded ? [] : ['text'],
        };
        if (item) await conversations.update(item, { ...update, when: 'attribute_exists(#item)' });
      }),
    );
  }

  return {
    keepLetter,

    /** Puts the messages of a finished turn away; last of all, since they lead back here. */
    async close(turn: HeldTurn): Promise<void> {
      if (turn.buried === undefined) return stage.answer(turn.entries);
      await keepLetter(turn);
      await settleParts(turn);
      await stage.bury(turn.entries);
    },
  };
}

export type Closing = ReturnType<typeof closing>;
