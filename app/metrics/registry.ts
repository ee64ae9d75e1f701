import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { CacheFigures, RegistryFigures } from '../ports/business-cache.ts';

const COUNTERS: Readonly<
  Record<'hits' | 'negative' | 'stale' | 'misses' | 'evictions' | 'failures', string>
> = {
  hits: 'Look-ups of businesses that the cache answered',
  negative: 'Look-ups of numbers that the cache knows to belong to no usable business',
  stale: 'Look-ups that an expired business answered, since the database did not',
  misses: 'Look-ups that the cache could not answer',
  evictions: 'Businesses that were removed from the cache for newer ones',
  failures: 'Look-ups of the database that failed',
};

const GAUGES: Readonly<Record<'size' | 'maxSize' | 'ttlSeconds', readonly [name: string, help: string]>> = {
  size: ['size', 'Numbers of businesses in the cache'],
  maxSize: ['max_size', 'Numbers of businesses that the cache holds at most'],
  ttlSeconds: ['ttl_seconds', 'Time after which a cached business is looked up again'],
};

/** Registers what the registry of businesses counts. It is read at each scrape. */
export function measureRegistry(registry: Registry, prefix: string, figures: () => RegistryFigures): void {
  const registers = [registry];
  for (const [name, help] of Object.entries(COUNTERS)) {
    new Counter({
      ...{ name: `${prefix}business_cache_${name}_total`, help, registers },
      collect() {
        this.reset();
        this.inc(figures().cache[name as keyof typeof COUNTERS]);
      },
    });
  }
  for (const [figure, [name, help]] of Object.entries(GAUGES)) {
    new Gauge({
      ...{ name: `${prefix}business_cache_${name}`, help, registers },
      collect() {
        this.set(figures().cache[figure as keyof CacheFigures]);
      },
    });
  }
  new Gauge({
    name: `${prefix}mongodb_connections`,
    help: 'Open connections to the database of businesses, by whether one is in use',
    labelNames: ['state'],
    registers,
    collect() {
      const { inUse, available } = figures().pool;
      this.set({ state: 'in_use' }, inUse);
      this.set({ state: 'available' }, available);
    },
  });
  new Gauge({
    name: `${prefix}mongodb_max_connections`,
    help: 'Connections to the database of businesses that one process opens at most, for each server',
    registers,
    collect() {
      this.set(figures().pool.maxPoolSize);
    },
  });
}
