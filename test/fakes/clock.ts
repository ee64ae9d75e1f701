import type { Clock } from '#app/ports/clock.ts';

export interface SettableClock extends Clock {
  advance(ms: number): void;
}

/** A clock that only moves by `advance`, which also ends the sleeps that are over. */
export function settableClock(start = Date.UTC(2026, 0, 1)): SettableClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    advance(ms) {
      now += ms;
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const sleeper = {
          until: now + ms,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
        sleepers.add(sleeper);
        if (ms <= 0) sleeper.wake();
      });
    },
  };
}
