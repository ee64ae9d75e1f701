import { setTimeout as timeout } from 'node:timers/promises';
import type { Clock } from './ports/clock.ts';

/** The time of this machine. The only file that asks for it. */
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
