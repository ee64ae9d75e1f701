import { BY_TIME } from '../../aws/tables.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { positionOf } from '../../domain/part.ts';
import { DEAD_LETTERS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeadLetter } from '../../ports/store.ts';
import { number, optionalNumber, type Row, text, texts } from './attributes.ts';
import type { Closing } from './closing.ts';
import { readEntry } from './entries.ts';
import { conversationKey, LETTER_SHELF, LETTERS, letterKey, readTurnId } from './names.ts';
import type { Parts } from './parts.ts';
import type { ReopeningTurns } from './reopening.ts';
import { heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';

interface LettersParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly reopening: ReopeningTurns;
  readonly clock: Clock;
}

/** Dead letters: one item each, beside the conversation, on a shelf of the index by the time they were buried. */
export function letters({ conversations, stage, parts, closing, reopening, clock }: LettersParts) {
  const oldestLetterAt = () => clock.now() - DEAD_LETTERS_KEPT_MS;

  return {
    oldestLetterAt,

    /** Whether a letter of the conversation can still be sent back. */
    async hasLetter(conversation: ConversationId): Promise<boolean> {
      const rows = await conversations.query({
        where: '#conversation = :conversation AND begins_with(#item, :letter)',
        values: { conversation, letter: LETTERS },
      });
      return rows.some((row) => number(row, 'at') > oldestLetterAt());
    },

    async deadLetters(limit: number): Promise<DeadLetter[]> {
      const found = await conversations.query({
        index: BY_TIME,
        where: '#shelf = :shelf AND #at > :oldest',
        values: { shelf: LETTER_SHELF, oldest: oldestLetterAt() },
      });
      const newest = found.sort((a, b) => number(b, 'at') - number(a, 'at')).slice(0, limit);
      const keys = newest.map((row) => ({
        conversation: text(row, 'conversation'),
        item: text(row, 'item'),
      }));
      const rows = await conversations.getMany(keys);
      return rows.map(letterFrom).sort((a, b) => b.gaveUpAt - a.gaveUpAt);
    },

    /**
     * The letter goes last: a crash before leaves it to be sent back again, and messages that wait already or were
     * answered since are not touched by that.
     */
    async redrive(turnId: string): Promise<ConversationId | undefined> {
      const own = readTurnId(turnId);
      const letter = own && (await conversations.get(letterKey(own)));
      if (own === undefined || letter === undefined || number(letter, 'at') <= oldestLetterAt())
        return undefined;
      const row = await conversations.get(conversationKey(own.conversation));
      const held = row && heldFrom(row);
      if (held === undefined) return undefined;
      if (held.turn?.id === turnId) {
        if (held.turn.finishedBy === undefined) return undefined;
        await closing.close(held.turn);
      }
      const entries = texts(letter, 'messages').map((entry) => readEntry(entry));
      if (entries.length === 0) await reopen(turnId, own.conversation);
      else {
        await stage.revive(entries);
        const written = await parts.writtenFor(turnId);
        const places = written.map(({ key }) => positionOf(key));
        await parts.drop(turnId, Number.MAX_SAFE_INTEGER, places);
      }
      await conversations.delete(letterKey(own));
      return own.conversation;
    },
  };

  /** A turn that was reopened has no messages any more: its reply goes on. */
  async function reopen(turn: string, conversation: ConversationId): Promise<void> {
    // Else its end would be written once more by whoever opens the next turn.
    await conversations.update(conversationKey(conversation), {
      remove: ['turn_buried', 'turn_buried_at'],
      when: '#turn = :turn AND attribute_exists(#turn_finished_by)',
      values: { turn },
    });
    await reopening.revive(turn);
  }
}

function letterFrom(row: Row): DeadLetter {
  return {
    turnId: text(row, 'turn'),
    conversation: text(row, 'conversation'),
    reason: text(row, 'reason'),
    gaveUpAt: number(row, 'at'),
    messages: texts(row, 'messages').length,
    // A letter of an earlier release does not say it: they were sent before they were given up.
    newestAt: optionalNumber(row, 'newest_at') ?? number(row, 'at'),
  };
}
