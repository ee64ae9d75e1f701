import type { ConversationId } from '../../domain/conversation.ts';
import type { OldestTexts, Operations, ShownConversation } from '../../ports/store.ts';
import { isQuiet, oldestFirst, withoutAbsent, withoutText } from '../shown.ts';
import { oldestArrival, partsOf, type Records, type StoredConversation, type StoredTurn } from './records.ts';

type Showing = Pick<Operations, 'conversations' | 'conversation' | 'conversationsOf'>;

/** Conversations without texts. */
export function showing(
  { clock, conversations, turns, busy }: Records,
  idsOf: (identity: string) => ReadonlySet<ConversationId>,
): Showing {
  return {
    async conversations(limit) {
      const withDeadLetter = new Set(
        [...turns.values()].filter(({ gaveUp }) => gaveUp !== undefined).map((turn) => turn.conversation),
      );
      const waiting = [...conversations.values()].filter(
        (stored) =>
          busy.has(stored) ||
          withDeadLetter.has(stored.conversation.id) ||
          isQuiet(stored.conversation.standing, clock.now()),
      );
      return oldestFirst(waiting.map(shown), limit);
    },

    async conversation(id) {
      const stored = conversations.get(id);
      return stored && shown(stored);
    },

    async conversationsOf(identity) {
      return [...idsOf(identity)].flatMap((id) => {
        const stored = conversations.get(id);
        return stored === undefined ? [] : [shown(stored)];
      });
    },
  };

  function shown(stored: StoredConversation): ShownConversation {
    const { conversation, waiting, leaseUntil, retryAt, lastAt } = stored;
    const own = [...turns.values()].filter((turn) => turn.conversation === conversation.id);
    const turn = stored.turn ?? own.reduce<StoredTurn | undefined>(newer, undefined);
    const dead = own.flatMap(({ id, gaveUp }) =>
      gaveUp === undefined ? [] : [{ turnId: id, reason: gaveUp.reason, gaveUpAt: gaveUp.at }],
    );
    const [deadLetter] = dead.toSorted((a, b) => b.gaveUpAt - a.gaveUpAt);
    return {
      conversation,
      lastAt: Math.max(lastAt, ...waiting.map(({ receivedAt }) => receivedAt)),
      waiting: waiting.length,
      ...(waiting.length > 0 && { waitingSince: oldestArrival(waiting) }),
      ...(leaseUntil > clock.now() && { leaseUntil }),
      ...(retryAt > 0 && { retryAt }),
      ...(turn !== undefined && { turn: shownTurn(turn) }),
      ...(deadLetter !== undefined && { deadLetter }),
    };
  }
}

function newer(a: StoredTurn | undefined, b: StoredTurn): StoredTurn {
  return a === undefined || b.openedAt >= a.openedAt ? b : a;
}

function shownTurn(turn: StoredTurn): NonNullable<ShownConversation['turn']> {
  const { id, attempts, newestAt, finished, gaveUp, parts } = turn;
  const texts = partsOf(turn);
  return {
    ...{ id, attempts, newestAt, isOpen: !finished },
    messages: finished && gaveUp === undefined ? 0 : turn.messages.length,
    ...(gaveUp !== undefined && { gaveUpReason: gaveUp.reason }),
    ...(parts !== undefined && {
      parts: texts.map((part, index) => withoutText(part, parts[index]?.isTemplate ?? false)),
    }),
  };
}

/** Returns when the oldest text of each kind was stored. */
export function oldestTexts({ messages, turns, corrections }: Records): OldestTexts {
  const stored = [...messages.values()].filter(({ message }) => message !== undefined);
  const dead = stored.filter(({ state }) => state === 'dead');
  const ended = [...turns.values()].filter(
    ({ finished, parts = [] }) => finished && parts.some(({ text }) => text !== ''),
  );
  const oldest = (times: readonly number[]) => (times.length === 0 ? undefined : Math.min(...times));
  return withoutAbsent({
    message: oldest(stored.filter((one) => !dead.includes(one)).map(({ receivedAt }) => receivedAt)),
    deadLetter: oldest(dead.map(({ receivedAt }) => receivedAt)),
    part: oldest(ended.map(({ openedAt }) => openedAt)),
    correction: oldest(
      [...corrections.values()]
        .filter(({ change }) => change.content !== undefined)
        .map(({ receivedAt }) => receivedAt),
    ),
  });
}
