import { LRUCache } from 'lru-cache';
import { positionOf } from '../domain/part.ts';
import type { Lease, TurnStore } from '../ports/store.ts';
import type { Step, Tracer } from '../ports/tracer.ts';
import { setCurrentTurn } from './current-turn.ts';

interface TraceOptions {
  readonly tracer: Tracer;
  readonly now: () => number;
}

/** More than a process holds at the same time. */
const MAX_LEASES = 5_000;

interface Held {
  readonly turn: string;
  /** When each part that is being sent was marked so. */
  readonly sendingSince: Map<string, number>;
}

/** Returns the store with a step for each write of a turn. A write that is rejected is no step. */
export function traceTurns<Store extends TurnStore>(store: Store, { tracer, now }: TraceOptions): Store {
  /** By fencing token, while the lease is held. One that is lost ends without a call. */
  const held = new LRUCache<string, Held>({ max: MAX_LEASES });

  function step(lease: Lease, step: Step): void {
    tracer.step({ conversation: lease.conversation, turn: held.get(lease.token)?.turn, ...step });
  }

  function end(lease: Lease, last: Step): void {
    step(lease, last);
    held.delete(lease.token);
  }

  return {
    ...store,
    async claim(conversation, leaseMs) {
      const claim = await store.claim(conversation, leaseMs);
      if (!claim.claimed) return claim;
      const { lease, turn } = claim;
      held.set(lease.token, { turn: turn.id, sendingSince: new Map() });
      setCurrentTurn({ turn: turn.id, attempt: turn.attempt });
      const common = { name: 'claimed', attempt: turn.attempt } as const;
      for (const { id, sentAt } of turn.messages) step(lease, { ...common, message: id, sentAt });
      if (turn.messages.length === 0) step(lease, common);
      return claim;
    },
    async writeReply(lease, texts, facts, usage) {
      const parts = await store.writeReply(lease, texts, facts, usage);
      step(lease, { name: 'written', parts: parts.length });
      return parts;
    },
    async markSending(lease, key) {
      await store.markSending(lease, key);
      held.get(lease.token)?.sendingSince.set(key, now());
      step(lease, { name: 'sending', part: positionOf(key) });
    },
    async markSent(lease, key, platformId) {
      await store.markSent(lease, key, platformId);
      const since = held.get(lease.token)?.sendingSince.get(key);
      step(lease, {
        ...{ name: 'sent', part: positionOf(key), platformId },
        ...(since !== undefined && { ms: now() - since }),
      });
    },
    async markUnsent(lease, key) {
      await store.markUnsent(lease, key);
      step(lease, { name: 'not_sent', part: positionOf(key) });
    },
    async finish(lease) {
      const finished = await store.finish(lease);
      end(lease, { name: 'finished' });
      return finished;
    },
    async release(lease, release) {
      await store.release(lease, release);
      end(lease, { name: 'released', ms: Math.max(0, release.retryAt - now()) });
    },
    async giveUp(lease, reason, apology) {
      const parts = await store.giveUp(lease, reason, apology);
      step(lease, { name: 'given_up' });
      return parts;
    },
  };
}
