import { LeaseLost } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, TurnStore } from '../ports/store.ts';

interface LeasePorts {
  readonly store: Pick<TurnStore, 'renew'>;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Renews the lease until `end` is called. The signal aborts when the lease is lost. */
export function keepLease(
  lease: Lease,
  { store, clock, leaseMs }: LeasePorts,
): { signal: AbortSignal; end(): Promise<void> } {
  const lost = new AbortController();
  const ended = new AbortController();
  const renewing = (async () => {
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
      return renewing;
    },
  };
}
