import type { Table } from '../../aws/table.ts';
import { needsText } from '../../domain/part.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TurnItem } from './items/conversation.ts';
import { DEAD_LETTER_SHARD, deadLetterKey, partItemKey, readTurnId } from './items/keys.ts';
import { refText } from './items/message-ref.ts';
import type { MessageStates } from './message-states.ts';
import type { Parts } from './parts.ts';

interface ClosingPorts {
  readonly conversations: Table;
  readonly states: MessageStates;
  readonly parts: Parts;
  readonly clock: Clock;
}

/**
 * The steps after a turn is finished or given up. All are idempotent: the turn's end is written first, in the conversation's
 * item, and the sweep repeats these steps as long as one of the turn's messages is not closed.
 */
export function closing({ conversations, states, parts, clock }: ClosingPorts) {
  async function writeDeadLetter(turn: TurnItem): Promise<void> {
    const own = readTurnId(turn.id);
    if (turn.gaveUp === undefined || own === undefined) return;
    const { reason, at, attempts } = turn.gaveUp;
    const item = {
      ...deadLetterKey(own),
      ...{ turn: turn.id, reason, at, attempts, newest_at: turn.newestAt },
      messages: turn.messages.map((ref) => refText(ref)),
      shard: DEAD_LETTER_SHARD,
      expires_at: Math.ceil((at + DEAD_LETTERS_KEPT_MS) / 1000),
    };
    await conversations.put(item, { when: 'attribute_not_exists(#item)' });
  }

  /** Parts of a turn that was given up may never get a status: sets their expiry and deletes texts that are not needed. */
  async function closeParts(turn: TurnItem): Promise<void> {
    const expires_at = Math.ceil((clock.now() + IDS_KEPT_MS) / 1000);
    const { reopened } = turn;
    await Promise.all(
      (await parts.of(turn)).map(async (part) => {
        const item = partItemKey(part.key);
        const update = {
          set: { expires_at, given_up: true, ...(reopened && { given_up_reopened: true }) },
          remove: needsText(part, { gaveUp: true, reopened }) ? [] : ['text'],
        };
        if (item) await conversations.update(item, { ...update, when: 'attribute_exists(#item)' });
      }),
    );
  }

  return {
    writeDeadLetter,

    /** Closes the messages of a finished turn, as the last step: until then the sweep repeats all steps. */
    async close(turn: TurnItem): Promise<void> {
      if (turn.gaveUp === undefined) return states.markAnswered(turn.messages);
      await writeDeadLetter(turn);
      await closeParts(turn);
      await states.markDead(turn.messages);
    },
  };
}

export type Closing = ReturnType<typeof closing>;
