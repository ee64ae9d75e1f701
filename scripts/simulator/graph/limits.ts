import type { SimulatorOptions } from '../options.ts';
import { GraphError } from './errors.ts';

interface Bucket {
  left: number;
  at: number;
}

/** So many at once, and one more each time `everyMs` has passed. */
function createAllowance(burst: number, everyMs: number) {
  const buckets = new Map<string, Bucket>();
  return {
    /** False: not now, and nothing is taken. */
    take(whose: string, now: number): boolean {
      const last = buckets.get(whose) ?? { left: burst, at: now };
      const left = Math.min(burst, last.left + Math.max(0, now - last.at) / everyMs);
      buckets.set(whose, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1;
    },
  };
}

/** Meta's limits on sends to one person and of one number. A refused send uses nothing of either. */
export function createLimits({ pairLimit, throughput, now }: SimulatorOptions) {
  const pairs = pairLimit && createAllowance(pairLimit.burst, pairLimit.everyMs);
  const whole = throughput && createAllowance(throughput, 1_000 / throughput);
  return {
    /** Throws what Meta would answer. */
    check(person: string): void {
      if (whole && !whole.take('', now())) {
        throw new GraphError(130429, { details: 'Too many messages from this number in a short time.' });
      }
      if (pairs && !pairs.take(person, now())) {
        throw new GraphError(131056, { details: 'Too many messages from this number to this person.' });
      }
    },
  };
}
