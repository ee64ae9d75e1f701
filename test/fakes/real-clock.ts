import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#app/ports/clock.ts';

/** The clock of the machine, for tests with real sockets. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, signal && { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
