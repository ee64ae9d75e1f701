import { CachedBusinesses } from '../businesses/cache.ts';
import { businessAt } from '../businesses/document.ts';
import { openTokenKeys } from '../businesses/encryption-keys.ts';
import { watchChanges } from '../businesses/mongodb/watch.ts';
import { createMongoDbBusinesses } from '../businesses/mongodb.ts';
import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Refused } from '../domain/errors.ts';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import type { BusinessCache } from '../ports/business-cache.ts';
import type { Businesses } from '../ports/businesses.ts';
import { NotAvailable } from './not-available.ts';

/** The process has 10 seconds from SIGTERM to its exit, and most of them are for turns. */
const CLOSE_MS = 1_000;
const WARM_UP_RETRY_MS = 10_000;

export interface Registry {
  readonly businesses: Businesses;
  /** Undefined where nothing is cached. */
  readonly cache: BusinessCache | undefined;
}

export interface RegistryOptions {
  readonly log: Log;
  /**
   * True for a process that is frozen between invocations: nothing runs in the background, and no connection is kept that
   * is not used, since there are as many processes as messages at a time.
   */
  readonly isFrozen: boolean;
}

/**
 * Resolves to the businesses of MongoDB, behind a cache. MongoDB itself may be away: everything that runs in the background
 * tries again. Throws `NotAvailable` for an unusable connection string, and `Unavailable` when KMS does not decrypt a key.
 */
export async function openRegistry(
  { businesses: settings, aws }: Config & { readonly businesses: { readonly kind: 'mongodb' } },
  { log, isFrozen }: RegistryOptions,
): Promise<Registry> {
  const keys = await openTokenKeys(settings.encryptionKeys, aws);
  const { uri, database, maxPoolSize } = settings;
  const minPoolSize = isFrozen ? 0 : settings.minPoolSize;
  const lookUp = usable(() => createMongoDbBusinesses({ uri, database, minPoolSize, maxPoolSize, clock }));
  const countToLog = oncePerMinute(clock.now);
  const cached = new CachedBusinesses({
    ...{ lookUp, channel: 'meta', clock, jitter: Math.random },
    ...{ ttlMs: settings.cacheTtlMs, size: settings.cacheSize },
    businessAt: (stored, number) => businessAt(stored, number, keys),
    onStale(error) {
      const count = countToLog('stale');
      const { alarm } = error;
      if (count !== undefined) log.warn('businesses are used after their expiry', { alarm, error, count });
    },
  });

  const closed = new AbortController();
  const watch = isFrozen
    ? undefined
    : watchChanges({
        open: lookUp.changes,
        clock,
        onChange(change) {
          if (change.kind === 'all') return cached.expire();
          if (change.id !== undefined) cached.removeBusiness(change.id);
          for (const number of change.numbers) cached.remove(number);
        },
        onGap: () => cached.expire(),
        onUnsupported: (error) =>
          log.info('the database does not tell changes of businesses: cached ones live up to their TTL', {
            variable: 'BUSINESS_CACHE_TTL',
            error,
          }),
        onInterrupted: (error) => log.warn('changes of businesses do not arrive for now', { error }),
      });
  // After the first change could arrive: what is loaded from then on is current.
  if (watch !== undefined && settings.warmup) void watch.begun.then(warmUp);

  async function warmUp(): Promise<void> {
    while (!closed.signal.aborted) {
      const startedAt = clock.now();
      try {
        const count = await cached.warm();
        log.info('business cache warmed', { count, ms: clock.now() - startedAt });
        return;
      } catch (error) {
        if (closed.signal.aborted) return;
        log.warn('the business cache could not be warmed and will be tried again', { error });
        await clock.sleep(WARM_UP_RETRY_MS, closed.signal).catch(() => {});
      }
    }
  }

  return {
    businesses: {
      find: (channel, number) => cached.find(channel, number),
      ready: () => cached.ready(),
      async close() {
        closed.abort(new Error('closed'));
        const ended = new AbortController();
        await Promise.race([
          Promise.all([watch?.stop(), cached.close()]).finally(() => ended.abort(new Error('closed'))),
          clock.sleep(CLOSE_MS, ended.signal).catch(() => {}),
        ]);
      },
    },
    cache: {
      clear: async () => cached.clear(),
      warm: () => cached.warm(),
      remove: async (number) => cached.remove(number),
      figures: () => ({ cache: cached.figures(), pool: lookUp.pool() }),
    },
  };
}

function usable<T>(create: () => T): T {
  try {
    return create();
  } catch (error) {
    throw error instanceof Refused ? new NotAvailable(error.message) : error;
  }
}
