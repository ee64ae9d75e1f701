import { needsReopening } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import { takeForTurn } from '../../domain/turn.ts';
import type { Claim, TurnStore } from '../../ports/store.ts';
import { requireLease, setFacts } from './lease.ts';
import {
  oldestArrival,
  partsOf,
  type Records,
  type StoredConversation,
  type StoredTurn,
  turnFrom,
  turnOfPart,
} from './records.ts';
import { replies } from './replies.ts';

/** The lease, the turn and its reply. */
export function turns(records: Records): TurnStore {
  const { clock, newId, conversations, busy } = records;

  return {
    ...replies(records),

    async claim(id, leaseMs): Promise<Claim> {
      const conversation = conversations.get(id);
      const now = clock.now();
      if (conversation === undefined || !busy.has(conversation)) return { claimed: false, because: 'idle' };
      if (conversation.leaseUntil > now) {
        return { claimed: false, because: 'held', at: conversation.leaseUntil };
      }
      if (conversation.retryAt > now) return { claimed: false, because: 'later', at: conversation.retryAt };
      const turn = conversation.turn ?? reopenTurn(conversation) ?? openTurn(conversation, now);
      turn.attempts += 1;
      const token = newId();
      Object.assign(conversation, { turn, token, leaseUntil: now + leaseMs, retryAt: 0, lastAt: now });
      return {
        claimed: true,
        lease: { conversation: id, token },
        conversation: conversation.conversation,
        turn: turnFrom(turn),
      };
    },

    async renew(lease, leaseMs) {
      requireLease(records, lease).leaseUntil = clock.now() + leaseMs;
    },

    async remember(lease, facts) {
      setFacts(requireLease(records, lease), facts);
    },

    async finish(lease) {
      const conversation = requireLease(records, lease);
      const turn = conversation.turn;
      turn.finished = true;
      for (const stored of turn.messages) {
        stored.state = turn.gaveUp === undefined ? 'done' : 'dead';
        if (turn.gaveUp === undefined) stored.message = undefined;
      }
      for (const part of turn.parts ?? []) if (hasArrived(part.sends.progress)) part.text = '';
      if (needsReopening(partsOf(turn), turnOfPart(turn))) conversation.failed.push(turn);
      delete (conversation as StoredConversation).turn;
      conversation.lastAt = clock.now();
      endLease(conversation);
      if (conversation.failed.length > 0) return { waitingSince: clock.now() };
      const oldest = oldestArrival(conversation.waiting);
      return Number.isFinite(oldest) ? { waitingSince: oldest } : {};
    },

    async release(lease, { retryAt, countAttempt }) {
      const conversation = requireLease(records, lease);
      if (!countAttempt) conversation.turn.attempts -= 1;
      conversation.retryAt = retryAt;
      endLease(conversation);
    },
  };

  function reopenTurn(conversation: StoredConversation): StoredTurn | undefined {
    const turn = conversation.failed.sort((a, b) => a.openedAt - b.openedAt).shift();
    return turn && Object.assign(turn, { attempts: 0, finished: false, reopened: true, messages: [] });
  }

  function openTurn(conversation: StoredConversation, now: number): StoredTurn {
    const { taken, left, newestAt } = takeForTurn(conversation.waiting);
    const turn: StoredTurn = {
      id: newId(),
      conversation: conversation.conversation.id,
      openedAt: now,
      newestAt,
      messages: [...taken],
      attempts: 0,
      nextPosition: 0,
      finished: false,
      reopened: false,
    };
    conversation.waiting = [...left];
    conversation.lastSentAt = Math.max(conversation.lastSentAt, newestAt);
    for (const stored of turn.messages) stored.state = 'taken';
    records.turns.set(turn.id, turn);
    return turn;
  }

  function endLease(conversation: StoredConversation): void {
    delete conversation.token;
    conversation.leaseUntil = 0;
    if (conversation.turn !== undefined || conversation.failed.length > 0) return;
    if (conversation.waiting.length === 0) busy.delete(conversation);
  }
}
