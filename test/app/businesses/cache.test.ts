import { describe, expect, it } from 'vitest';
import { CachedBusinesses } from '#app/businesses/cache.ts';
import { businessAt, parseBusiness, type StoredBusiness } from '#app/businesses/document.ts';
import type { BusinessLookUp } from '#app/businesses/look-up.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { unusable } from '#app/businesses/unusable.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { settableClock } from '../../fakes/clock.ts';

const HOUR_MS = 60 * 60_000;
const TTL_MS = 300_000;
const KEYS = createTokenKeys([{ id: 'k1', key: Buffer.alloc(32, 7) }]);

function business(id: string, ...numbers: string[]): StoredBusiness {
  const stored = parseBusiness({
    ...{ _id: id, whatsappPhoneNumberIds: numbers, whatsappEnabled: true, isActive: true },
    whatsappAccessToken: KEYS.seal(id, `token-of-${id}`),
  });
  if (stored === undefined) throw new Error(`no business: ${id}`);
  return stored;
}

type Answer = StoredBusiness | undefined | Unavailable;

/** A database of businesses by number, which can be away or slow. */
function scene({ size = 100, ttlMs = TTL_MS, jitter = 0.5 } = {}) {
  const clock = settableClock();
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const stale: string[] = [];
  const state = {
    away: undefined as Unavailable | undefined,
    newest: [] as StoredBusiness[][],
    /** Set: look-ups and batches wait for it. */
    gate: undefined as Promise<void> | undefined,
    batchesRead: 0,
    jitter,
  };
  const lookUp: BusinessLookUp = {
    async find(number) {
      asked.push(number);
      const answer = answers.get(number);
      await state.gate;
      if (state.away !== undefined) throw state.away;
      if (answer instanceof Unavailable) throw answer;
      return answer;
    },
    async *newest() {
      for (const batch of state.newest) {
        state.batchesRead += 1;
        await state.gate;
        if (state.away !== undefined) throw state.away;
        yield batch;
      }
    },
    async ready() {},
    async close() {},
  };
  const cache = new CachedBusinesses({
    ...{ lookUp, channel: 'meta', clock, ttlMs, size, jitter: () => state.jitter },
    businessAt: (stored, number) => businessAt(stored, number, KEYS),
    onStale: ({ message }) => stale.push(message),
  });
  const find = (number: string) => cache.find('meta', number);
  const idOf = async (number: string) => (await find(number))?.id;
  return { clock, answers, asked, stale, state, cache, find, idOf };
}

const AWAY = new Unavailable('MongoDB: away', { scope: 'app', alarm: 'businesses-unavailable' });
const CONFLICT = unusable('two businesses', 'number-conflict');

describe('a business', () => {
  it('is looked up once in its time to live', async () => {
    const { answers, asked, clock, find, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    expect(await idOf('1')).toBe('a');
    clock.advance(TTL_MS - 1);
    expect(await idOf('1')).toBe('a');
    expect(asked).toEqual(['1']);
    answers.set('1', business('b', '1'));
    clock.advance(1);
    expect(await find('1')).toMatchObject({ id: 'b', number: '1', channel: 'meta' });
    expect(asked).toEqual(['1', '1']);
    expect(cache.figures()).toMatchObject({ size: 1, hits: 1, misses: 2, ttlSeconds: 300, maxSize: 100 });
  });

  it.each([
    [0, 0.9],
    [0.999_999, 1.1],
  ])('expires with jitter: %d', async (jitter, part) => {
    const { answers, asked, clock, idOf } = scene({ jitter });
    answers.set('1', business('a', '1'));
    await idOf('1');
    clock.advance(TTL_MS * part - 2);
    await idOf('1');
    expect(asked).toHaveLength(1);
    clock.advance(4);
    await idOf('1');
    expect(asked).toHaveLength(2);
  });

  it('expires when the clock is set back to before it was loaded', async () => {
    const { answers, asked, clock, idOf } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    clock.advance(-1);
    await idOf('1');
    expect(asked).toHaveLength(2);
  });

  it('keeps its token encrypted, and decrypts it with each call', async () => {
    const { answers, find } = scene();
    answers.set('1', business('a', '1'));
    const found = await find('1');
    expect(JSON.stringify(found)).not.toContain('token-of-a');
    expect([found?.accessToken(), found?.accessToken()]).toEqual(['token-of-a', 'token-of-a']);
    expect(await find('1')).toBe(found);
  });

  it('is there for numbers of its channel only', async () => {
    const { answers, asked, cache } = scene();
    answers.set('1', business('a', '1'));
    expect(await cache.find('twilio', '1')).toBeUndefined();
    expect(await cache.find('meta', '1'.repeat(65))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is removed when it was used least recently, not when it was loaded first', async () => {
    const { answers, asked, idOf, cache } = scene({ size: 2 });
    for (const number of ['1', '2', '3']) answers.set(number, business(`b${number}`, number));
    for (const number of ['1', '2', '1', '3', '1']) await idOf(number);
    expect(asked).toEqual(['1', '2', '3']);
    expect(cache.figures()).toMatchObject({ size: 2, evictions: 1, hits: 2 });
    await idOf('2');
    expect(asked).toHaveLength(4);
  });
});

describe('concurrent callers', () => {
  it('share one look-up of a number', async () => {
    const { answers, asked, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    const found = await Promise.all(Array.from({ length: 1000 }, () => idOf('1')));
    expect(new Set(found)).toEqual(new Set(['a']));
    expect(asked).toEqual(['1']);
    expect(cache.figures()).toMatchObject({ hits: 0, misses: 1000 });
  });

  it('share its failure, and the next one asks again', async () => {
    const { answers, asked, state, idOf, clock } = scene();
    answers.set('1', business('a', '1'));
    state.away = AWAY;
    const outcomes = await Promise.allSettled([idOf('1'), idOf('1'), idOf('1')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toHaveLength(1);
    state.away = undefined;
    clock.advance(5_000);
    expect(await idOf('1')).toBe('a');
  });
});

describe('a number of no business', () => {
  it.each([
    [0, 30_000],
    [0.999_999, 59_999],
  ])('is known for 30 to 60 seconds (%d)', async (jitter, knownMs) => {
    const { answers, asked, clock, idOf, cache } = scene({ jitter });
    expect(await idOf('9')).toBeUndefined();
    clock.advance(knownMs - 1);
    expect(await idOf('9')).toBeUndefined();
    expect(asked).toEqual(['9']);
    answers.set('9', business('a', '9'));
    clock.advance(2);
    expect(await idOf('9')).toBe('a');
    expect(cache.figures()).toMatchObject({ negative: 1, misses: 2, size: 1 });
  });

  it('is not known for longer than the time to live', async () => {
    const { asked, idOf } = scene({ ttlMs: 0 });
    await idOf('9');
    await idOf('9');
    expect(asked).toHaveLength(2);
  });

  it('removes no business: 100,000 of them stay within a bound of their own', async () => {
    const { answers, asked, idOf, cache } = scene({ size: 10 });
    for (let number = 0; number < 10; number += 1)
      answers.set(`${number}`, business(`b${number}`, `${number}`));
    for (let number = 0; number < 10; number += 1) await idOf(`${number}`);
    for (let number = 0; number < 100_000; number += 1) await idOf(`unknown ${number}`);
    expect(cache.figures()).toMatchObject({ size: 10, evictions: 0 });
    asked.length = 0;
    for (let number = 0; number < 10; number += 1) expect(await idOf(`${number}`)).toBe(`b${number}`);
    expect(asked).toEqual([]);
    // The last 10,000 are known; those before are looked up again.
    for (const number of [99_999, 90_000]) await idOf(`unknown ${number}`);
    expect(asked).toEqual([]);
    await idOf('unknown 89999');
    expect(asked).toEqual(['unknown 89999']);
  });

  it('is no longer the business that it was', async () => {
    const { answers, clock, state, idOf } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    answers.delete('1');
    clock.advance(TTL_MS);
    expect(await idOf('1')).toBeUndefined();
    state.away = AWAY;
    clock.advance(60_000);
    await expect(idOf('1')).rejects.toBe(AWAY);
  });
});

describe('a conflict', () => {
  it('is known for seconds, and nobody gets the number meanwhile', async () => {
    const { answers, asked, clock, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    answers.set('1', CONFLICT);
    clock.advance(TTL_MS);
    await expect(idOf('1')).rejects.toBe(CONFLICT);
    clock.advance(4_999);
    await expect(idOf('1')).rejects.toBe(CONFLICT);
    expect(asked).toHaveLength(2);
    answers.set('1', business('b', '1'));
    clock.advance(1);
    expect(await idOf('1')).toBe('b');
    expect(cache.figures()).toMatchObject({ failures: 1, stale: 0, negative: 1 });
  });

  it('is of one number: others are looked up', async () => {
    const { answers, idOf } = scene();
    answers.set('1', CONFLICT);
    answers.set('2', business('b', '2'));
    await expect(idOf('1')).rejects.toBe(CONFLICT);
    expect(await idOf('2')).toBe('b');
  });
});

describe('while the database is away', () => {
  it('an expired business is used for an hour, and no longer', async () => {
    const { answers, clock, state, stale, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    state.away = AWAY;
    clock.advance(TTL_MS);
    expect(await idOf('1')).toBe('a');
    clock.advance(HOUR_MS - 1);
    expect(await idOf('1')).toBe('a');
    expect(stale).toEqual(['MongoDB: away', 'MongoDB: away']);
    expect(cache.figures()).toMatchObject({ stale: 2, failures: 2, misses: 1 });
    clock.advance(1);
    await expect(idOf('1')).rejects.toBe(AWAY);
  });

  it('a number that nobody knows is neither a business nor none', async () => {
    const { clock, state, idOf } = scene();
    state.away = AWAY;
    await expect(idOf('1')).rejects.toBe(AWAY);
    clock.advance(TTL_MS);
    await expect(idOf('1')).rejects.toBe(AWAY);
  });

  it('one look-up in five seconds waits for it, and the others do not', async () => {
    const { answers, asked, clock, state, idOf } = scene();
    for (const number of ['1', '2', '3']) answers.set(number, business(`b${number}`, number));
    for (const number of ['1', '2', '3']) await idOf(number);
    asked.length = 0;
    state.away = AWAY;
    clock.advance(TTL_MS);
    for (const number of ['1', '2', '3', '1']) expect(await idOf(number)).toBe(`b${number}`);
    await expect(idOf('9')).rejects.toBe(AWAY);
    expect(asked).toEqual(['1']);
    clock.advance(5_000);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const probing = idOf('1');
    expect(await idOf('2')).toBe('b2');
    await expect(idOf('9')).rejects.toBe(AWAY);
    expect(asked).toEqual(['1', '1']);
    state.away = undefined;
    gate.resolve();
    expect(await probing).toBe('b1');
    await idOf('2');
    expect(asked).toEqual(['1', '1', '2']);
  });

  it('an expired business is used after a quarter of a second, and replaced by what the look-up finds', async () => {
    const { answers, asked, clock, state, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    clock.advance(TTL_MS);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    answers.set('1', business('b', '1'));
    let found: string | undefined;
    const finding = idOf('1').then((id) => {
      found = id;
    });
    clock.advance(249);
    await settle();
    expect(found).toBeUndefined();
    clock.advance(1);
    await finding;
    expect(found).toBe('a');
    expect(cache.figures()).toMatchObject({ stale: 1 });
    gate.resolve();
    await settle();
    expect(await idOf('1')).toBe('b');
    expect(asked).toEqual(['1', '1']);
  });

  it('an unexpected error is thrown, and nothing stale is used for it', async () => {
    const { answers, clock, state, idOf } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    clock.advance(TTL_MS);
    Object.assign(state, { away: new TypeError('a mistake') });
    await expect(idOf('1')).rejects.toThrow('a mistake');
  });
});

describe('a removal', () => {
  it('of a number is followed by a look-up', async () => {
    const { answers, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    answers.set('1', business('b', '1'));
    expect([cache.remove('1'), cache.remove('1')]).toEqual([true, false]);
    expect(await idOf('1')).toBe('b');
    await idOf('2');
    answers.set('2', business('b', '1', '2'));
    expect(cache.remove('2')).toBe(true);
    expect(await idOf('2')).toBe('b');
  });

  it('of a business removes all of its numbers, and no other', async () => {
    const { answers, asked, idOf, cache } = scene();
    for (const number of ['1', '2']) answers.set(number, business('a', '1', '2'));
    answers.set('3', business('b', '3'));
    for (const number of ['1', '2', '3']) await idOf(number);
    asked.length = 0;
    cache.removeBusiness('a');
    for (const number of ['1', '2', '3']) await idOf(number);
    expect(asked).toEqual(['1', '2']);
    cache.removeBusiness('nobody');
    expect(cache.figures()).toMatchObject({ size: 3, evictions: 0 });
  });

  it('of all forgets the numbers of no business too', async () => {
    const { answers, asked, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    for (const number of ['1', '9']) await idOf(number);
    expect(cache.clear()).toBe(1);
    for (const number of ['1', '9']) await idOf(number);
    expect(asked).toEqual(['1', '9', '1', '9']);
  });

  it('is not undone by a look-up that began before it', async () => {
    for (const remove of [
      (cache: CachedBusinesses) => cache.remove('1'),
      (cache: CachedBusinesses) => cache.removeBusiness('a'),
      (cache: CachedBusinesses) => cache.clear(),
      (cache: CachedBusinesses) => cache.expire(),
    ]) {
      const { answers, state, idOf, cache } = scene();
      answers.set('1', business('a', '1'));
      const gate = Promise.withResolvers<void>();
      state.gate = gate.promise;
      const before = idOf('1');
      answers.set('1', business('b', '1'));
      remove(cache);
      gate.resolve();
      expect(await before).toBe('a');
      expect(await idOf('1')).toBe('b');
    }
  });

  it('an expiry of all keeps what can be used while the database is away', async () => {
    const { answers, clock, state, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    cache.expire();
    state.away = AWAY;
    expect(await idOf('1')).toBe('a');
    state.away = undefined;
    answers.set('1', business('b', '1'));
    clock.advance(5_000);
    expect(await idOf('1')).toBe('b');
  });
});

describe('warming up', () => {
  it('loads the newest until the cache is full, and reads no further', async () => {
    const { state, asked, idOf, cache } = scene({ size: 3 });
    state.newest = [
      [business('a', '1', '2')],
      [business('b', '3'), business('c', '4')],
      [business('d', '5')],
    ];
    expect(await cache.warm()).toBe(3);
    expect(state.batchesRead).toBe(2);
    expect([await idOf('1'), await idOf('2'), await idOf('3')]).toEqual(['a', 'a', 'b']);
    expect(asked).toEqual([]);
    expect(cache.figures()).toMatchObject({ size: 3, evictions: 0, hits: 3 });
  });

  it('removes nothing that is in use, and renews it', async () => {
    const { answers, asked, clock, state, idOf, cache } = scene({ size: 2 });
    for (const number of ['7', '8']) answers.set(number, business(`b${number}`, number));
    for (const number of ['7', '8']) await idOf(number);
    clock.advance(TTL_MS);
    state.newest = [[business('b8', '8'), business('a', '1')]];
    expect(await cache.warm()).toBe(1);
    asked.length = 0;
    expect([await idOf('8'), await idOf('7')]).toEqual(['b8', 'b7']);
    expect(asked).toEqual(['7']);
  });

  it('makes a number known that belonged to no business', async () => {
    const { state, idOf, cache } = scene();
    await idOf('1');
    state.newest = [[business('a', '1')]];
    await cache.warm();
    expect(await idOf('1')).toBe('a');
  });

  it('leaves a number of two businesses to the look-up', async () => {
    const { answers, state, idOf, cache } = scene();
    answers.set('1', CONFLICT);
    state.newest = [[business('a', '1', '2')], [business('b', '1')], [business('c', '1')]];
    expect(await cache.warm()).toBe(1);
    await expect(idOf('1')).rejects.toBe(CONFLICT);
    expect(await idOf('2')).toBe('a');
  });

  it('is done once for concurrent calls, and may be done again', async () => {
    const { state, cache } = scene();
    state.newest = [[business('a', '1')]];
    expect(await Promise.all([cache.warm(), cache.warm()])).toEqual([1, 1]);
    expect(state.batchesRead).toBe(1);
    await cache.warm();
    expect(state.batchesRead).toBe(2);
  });

  it('does not cache what was read before a removal', async () => {
    const { answers, state, idOf, cache } = scene();
    state.newest = [[business('a', '1')], [business('b', '2')]];
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const warming = cache.warm();
    await Promise.resolve();
    cache.removeBusiness('a');
    gate.resolve();
    expect(await warming).toBe(1);
    answers.set('1', business('c', '1'));
    expect([await idOf('1'), await idOf('2')]).toEqual(['c', 'b']);
  });

  it('fails as the database does, and keeps what is cached', async () => {
    const { answers, state, idOf, cache } = scene();
    answers.set('1', business('a', '1'));
    await idOf('1');
    state.newest = [[]];
    state.away = AWAY;
    await expect(cache.warm()).rejects.toBe(AWAY);
    expect(await idOf('1')).toBe('a');
  });
});

/** Lets everything run that waits for nothing but the event loop. */
async function settle(): Promise<void> {
  for (let tick = 0; tick < 5; tick += 1) await new Promise(setImmediate);
}
