import type { BusinessId } from '../domain/business.ts';
import type { TurnCounter } from '../ports/turn-counter.ts';

/** Counts in this process, for stores that no other process works on. */
export function createTurnCounter(): TurnCounter {
  let current = 0;
  let counts = new Map<BusinessId, number>();
  return {
    async count(business, minute) {
      if (minute !== current) {
        current = minute;
        counts = new Map();
      }
      const count = (counts.get(business) ?? 0) + 1;
      counts.set(business, count);
      return count;
    },
  };
}
