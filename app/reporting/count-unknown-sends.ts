import { LRUCache } from 'lru-cache';
import type { Part } from '../domain/part.ts';
import type { Counters } from '../metrics.ts';
import type { TurnStore } from '../ports/store.ts';

/** More parts than are sent, or in doubt, at the same time. The oldest of more are forgotten, uncounted. */
const MAX_PARTS = 10_000;

/**
 * Returns the store with the ends of sends of unknown outcome counted. A part is in doubt when it is read as `sending` and no
 * send of it runs here: its send threw `Unknown`, or its process died. One that a status resolves is seen by the process that
 * had it in doubt, and only if that process claims the turn again; so with several processes `status` may be too small.
 */
export function countUnknownSends<Store extends TurnStore>(
  store: Store,
  { unknownSend }: Pick<Counters, 'unknownSend'>,
): Store {
  /** By key. A part is sent by the one worker that has its lease, so reading it means that the call is over. */
  const doubts = new LRUCache<string, 'sending' | 'in doubt'>({ max: MAX_PARTS });

  function read(parts: readonly Part[]): void {
    for (const { key, state, progress } of parts) {
      const known = doubts.has(key);
      if (known && (state === 'sent' || progress === 'failed')) {
        doubts.delete(key);
        unknownSend('status');
      } else if (state === 'sending' && progress !== 'failed') doubts.set(key, 'in doubt');
      else if (known && state === 'unsent') doubts.delete(key);
    }
  }

  return {
    ...store,
    async claim(conversation, leaseMs) {
      const claim = await store.claim(conversation, leaseMs);
      if (claim.claimed) read(claim.turn.parts ?? []);
      return claim;
    },
    async parts(lease) {
      const parts = await store.parts(lease);
      read(parts);
      return parts;
    },
    async markSending(lease, key) {
      await store.markSending(lease, key);
      if (doubts.get(key) === 'in doubt') unknownSend('resent');
      doubts.set(key, 'sending');
    },
    async markSent(lease, key, platformId) {
      await store.markSent(lease, key, platformId);
      if (doubts.get(key) === 'in doubt') unknownSend('found');
      doubts.delete(key);
    },
    async markUnsent(lease, key) {
      await store.markUnsent(lease, key);
      if (doubts.get(key) === 'in doubt') unknownSend('given_up');
      doubts.delete(key);
    },
  };
}
