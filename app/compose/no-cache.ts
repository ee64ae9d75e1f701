import type { BusinessCache } from '../ports/business-cache.ts';

/** Businesses from the environment need no cache. */
export const NO_CACHE: BusinessCache = {
  clear: async () => 0,
  warm: async () => 0,
  remove: async () => false,
  figures: () => ({
    cache: {
      size: 0,
      maxSize: 0,
      ttlSeconds: 0,
      hits: 0,
      negative: 0,
      stale: 0,
      misses: 0,
      evictions: 0,
      failures: 0,
    },
    pool: { maxPoolSize: 0, minPoolSize: 0, inUse: 0, available: 0 },
  }),
};
