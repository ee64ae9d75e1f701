import { hasFailed } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import { LONGEST_TURN } from '../../domain/retention.ts';
import type { Claim, ConversationStore } from '../../ports/store.ts';
import { holderOf, setFacts } from './holding.ts';
import {
  bySentThenArrival,
  oldestArrival,
  type Records,
  type StoredConversation,
  type StoredTurn,
  shown,
} from './records.ts';

type Working = Pick<ConversationStore, 'claim' | 'renew' | 'remember' | 'finish' | 'release'>;

/** The lease and the turn. */
export function working(records: Records): Working {
  const { clock, newId, conversations, turns, busy } = records;

  return {
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
        turn: shown(turn),
      };
    },

    async renew(lease, leaseMs) {
      holderOf(records, lease).leaseUntil = clock.now() + leaseMs;
    },

    async remember(lease, facts) {
      setFacts(holderOf(records, lease), facts);
    },

    async finish(lease) {
      const conversation = holderOf(records, lease);
      const turn = conversation.turn;
      turn.finished = true;
      for (const stored of turn.messages) {
        stored.state = turn.buried === undefined ? 'done' : 'dead';
        if (turn.buried === undefined) stored.message = undefined;
      }
      for (const part of turn.parts ?? []) if (hasArrived(part.sends.progress)) part.text = '';
      const failed = turn.buried === undefined && turn.parts?.some(({ sends }) => hasFailed(sends));
      if (failed) conversation.failed.push(turn);
      delete (conversation as StoredConversation).turn;
      conversation.lastAt = clock.now();
      endLease(conversation);
      if (conversation.failed.length > 0) return { waitingSince: clock.now() };
      const oldest = oldestArrival(conversation.waiting);
      return Number.isFinite(oldest) ? { waitingSince: oldest } : {};
    },

    async release(lease, { retryAt, countAttempt }) {
      const conversation = holderOf(records, lease);
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
    const ordered = conversation.waiting.sort(bySentThenArrival);
    const turn: StoredTurn = {
      id: newId(),
      conversation: conversation.conversation.id,
      openedAt: now,
      newestAt: Math.max(...ordered.slice(0, LONGEST_TURN).map(({ message }) => message?.sentAt ?? 0)),
      messages: ordered.slice(0, LONGEST_TURN),
      attempts: 0,
      partsWritten: 0,
      finished: false,
      reopened: false,
    };
    conversation.waiting = ordered.slice(LONGEST_TURN);
    for (const stored of turn.messages) {
      stored.state = 'taken';
      conversation.lastSentAt = Math.max(conversation.lastSentAt, stored.message?.sentAt ?? 0);
    }
    turns.set(turn.id, turn);
    return turn;
  }

  function endLease(conversation: StoredConversation): void {
    delete conversation.token;
    conversation.leaseUntil = 0;
    if (conversation.turn !== undefined || conversation.failed.length > 0) return;
    if (conversation.waiting.length === 0) busy.delete(conversation);
  }
}
