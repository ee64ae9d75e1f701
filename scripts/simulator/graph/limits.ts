import type { SimulatorOptions } from '../options.ts';
import { GraphError } from './errors.ts';

interface Bucket {
  left: number;
  at: number;
}

/** Token bucket: `burst` tokens, and a new one every `everyMs`. */
function createBuckets(burst: number, everyMs: number) {
  const buckets = new Map<string, Bucket>();
  return {
    /** Takes a token. Returns false, and takes nothing, when there is none. */
    take(key: string, now: number): boolean {
      const last = buckets.get(key) ?? { left: burst, at: now };
      const left = Math.min(burst, last.left + Math.max(0, now - last.at) / everyMs);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1;
    },
  };
}

/** Meta's rate limits for sends to one person and from one number. A rejected send takes no token. */
export function createLimits({ pairLimit, throughput, now }: SimulatorOptions) {
  const pairs = pairLimit && createBuckets(pairLimit.burst, pairLimit.everyMs);
  const total = throughput && createBuckets(throughput, 1_000 / throughput);
  return {
    /** Throws Meta's error when a limit is exceeded. */
    check(person: string): void {
      if (total && !total.take('', now())) {
        throw new GraphError(130429, { details: 'Too many messages from this number in a short time.' });
      }
      if (pairs && !pairs.take(person, now())) {
        throw new GraphError(131056, { details: 'Too many messages from this number to this person.' });
      }
    },
  };
}
