import { LeaseLost } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, TurnStore } from '../ports/store.ts';

interface Keeping {
  readonly store: Pick<TurnStore, 'renew'>;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Renews the lease until the end; its signal aborts when the lease went to somebody else. */
export function keepLease(
  lease: Lease,
  { store, clock, leaseMs }: Keeping,
): { signal: AbortSignal; end(): Promise<void> } {
  const lost = new AbortController();
  const ended = new AbortController();
  const kept = (async () => {
    let heldUntil = clock.now() + leaseMs;
    while (!ended.signal.aborted && !lost.signal.aborted) {
      await clock.sleep(leaseMs / 3, ended.signal).catch(() => {});
      if (ended.signal.aborted) return;
      try {
        const renewedAt = clock.now();
        await store.renew(lease, leaseMs);
        heldUntil = renewedAt + leaseMs;
      } catch (error) {
        if (error instanceof LeaseLost) lost.abort(error);
        else if (clock.now() > heldUntil)
          lost.abort(new LeaseLost('the lease could not be renewed', { cause: error }));
      }
    }
  })();
  return {
    signal: lost.signal,
    end() {
      ended.abort(new Error('the turn has ended'));
      return kept;
    },
  };
}
