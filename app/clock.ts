import { setTimeout as timeout } from 'node:timers/promises';
import type { Clock } from './ports/clock.ts';

/** The system clock. The only file that reads it. */
export const systemClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    try {
      await timeout(ms, undefined, signal && { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
