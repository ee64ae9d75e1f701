import { CachedBusinesses } from '../../../app/businesses/cache.ts';
import { businessAt, parseBusiness } from '../../../app/businesses/document.ts';
import { createTokenKeys } from '../../../app/businesses/token-envelope.ts';
import { systemClock as clock } from '../../../app/clock.ts';
import { numberOf } from './world.ts';

const BUSINESSES = 1_000;
const LOOK_UPS = 500_000;

/** Resolves to the microseconds of a look-up that hits the cache, in this process. */
export async function measureHit(): Promise<number> {
  const keys = createTokenKeys([{ id: 'bench', key: Buffer.alloc(32, 1) }]);
  const cache = new CachedBusinesses({
    ...{ channel: 'meta', clock, jitter: Math.random, ttlMs: 600_000, size: BUSINESSES },
    lookUp: {
      async find(number) {
        return parseBusiness({
          _id: `b${number}`,
          whatsappPhoneNumberIds: [number],
          whatsappAccessToken: 'x',
        });
      },
      async *newest() {},
      async ready() {},
      async close() {},
    },
    businessAt: (stored, number) => businessAt(stored, number, keys),
    onStale() {},
  });
  const numbers = Array.from({ length: BUSINESSES }, (_, index) => numberOf(index));
  for (const number of numbers) await cache.find('meta', number);
  const startedAt = performance.now();
  for (let index = 0; index < LOOK_UPS; index += 1) {
    await cache.find('meta', numbers[index % BUSINESSES] ?? '');
  }
  const tookMs = performance.now() - startedAt;
  if (cache.figures().hits !== LOOK_UPS) throw new Error('not every look-up hit the cache');
  await cache.close();
  return (tookMs * 1_000) / LOOK_UPS;
}
