import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Status } from '#app/domain/message.ts';
import type { Pricing } from '#app/domain/pricing.ts';
import type { Progress } from '#app/domain/progress.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { BILAL, message, status } from '../../fakes/messages.ts';
import { DAY, type StoreTest } from './store-test.ts';

const NOVEMBER = '2026-11';
const AT = Date.UTC(2026, 10, 30, 23, 59);
const SERVICE: Pricing = { billable: true, category: 'service', country: 'PK' };
const COUNTED = { business: 'env', month: NOVEMBER, ...SERVICE };

const priced = (key: string, progress: Progress, rest: Partial<Status> = {}) =>
  status(key, progress, { at: AT, pricing: SERVICE, ...rest });

async function total(store: ConversationStore): Promise<number> {
  return (await store.costs(NOVEMBER)).reduce((sum, { parts }) => sum + parts, 0);
}

/** What delivered parts cost. */
export function costs(storeTest: StoreTest): void {
  let people = 15_550_003_000;
  /** The key of one part that the platform took for a new person; its turn is finished. */
  const it = storeTest.extend(
    'sentPart',
    ({ store, claim, answer }) =>
      async (business = 'env', phone = '') => {
        people += 1;
        const person = { phone: phone || String(people) };
        const held = await claim(message('a question', { business, person }));
        const [part] = await answer(held);
        await store.finish(held.lease);
        return part?.key ?? '';
      },
  );

  describe('costs', () => {
    it('count a delivered part once, whatever the order and number of its statuses', async ({
      store,
      clock,
      sentPart,
    }) => {
      clock.advance(AT - clock.now());
      // Meta reports the price with `sent` and with one of `delivered` and `read`.
      const reports = (at: 'delivered' | 'read') => [
        ...[priced('', 'sent'), priced('', at), status('', 'delivered', { at: AT })],
        ...[status('', 'read', { at: AT }), status('', 'failed', { at: AT, code: '131000' })],
      ];
      let counted = 0;
      await fc.assert(
        fc.asyncProperty(
          fc
            .constantFrom<('delivered' | 'read')[]>('delivered', 'read')
            .chain((at) => fc.shuffledSubarray([...reports(at), ...reports(at)], { minLength: 1 })),
          fc.boolean(),
          async (order, atOnce) => {
            const key = await sentPart();
            const told = order.map((one) => ({ ...one, key, platformId: `wamid.of-${key}` }));
            const recorded = atOnce
              ? [await store.recordStatuses(told)]
              : await Promise.all(told.map((one) => store.recordStatuses([one])));
            const isDelivered = told.some(
              ({ progress, pricing }) => pricing !== undefined && progress !== 'sent',
            );
            expect(recorded.flatMap((one) => one.priced)).toEqual(isDelivered ? [COUNTED] : []);
            counted += isDelivered ? 1 : 0;
            expect(await total(store)).toBe(counted);
          },
        ),
        { numRuns: 25 },
      );
      expect(counted).toBeGreaterThan(0);
    });

    it('sum the parts of each business, month and price', async ({ store, clock, sentPart }) => {
      clock.advance(AT - clock.now());
      const free = { ...SERVICE, billable: false, category: 'referral_conversion' };
      const told: [business: string, Partial<Status>][] = [
        ['env', {}],
        ['env', {}],
        ['env', { pricing: free }],
        ['env', { pricing: { ...SERVICE, country: 'XX' } }],
        ['clinic', {}],
        ['clinic', { at: AT + 60_000 }],
      ];
      for (const [business, rest] of told) {
        const key = await sentPart(business);
        await store.recordStatuses([priced(key, 'delivered', { business, ...rest })]);
      }
      const november = await store.costs(NOVEMBER);
      expect(november).toHaveLength(4);
      expect(november).toEqual(
        expect.arrayContaining([
          { ...COUNTED, parts: 2 },
          { ...COUNTED, ...free, parts: 1 },
          { ...COUNTED, country: 'XX', parts: 1 },
          { ...COUNTED, business: 'clinic', parts: 1 },
        ]),
      );
      const december = { ...COUNTED, business: 'clinic', month: '2026-12', parts: 1 };
      expect(await store.costs('2026-12')).toEqual([december]);
      expect(await store.costs('2026-10')).toEqual([]);
    });

    it('do not count what failed, or was sent and not delivered', async ({ store, sentPart }) => {
      const key = await sentPart();
      for (const progress of ['sent', 'failed', 'other'] as const) {
        const { priced: counted, unknownParts } = await store.recordStatuses([priced(key, progress)]);
        expect({ counted, unknownParts }).toEqual({ counted: [], unknownParts: [] });
      }
      expect(await total(store)).toBe(0);
    });

    it('count a part that is sent again once', async ({ store, claim, answer }) => {
      const held = await claim(message());
      const [{ key = '' } = {}] = await answer(held);
      await store.recordStatuses([status(key, 'failed', { code: '131000' })]);
      await store.markUnsent(held.lease, key);
      await store.markSending(held.lease, key);
      // Of the first send after all, while the second one is under way.
      await store.recordStatuses([priced(key, 'delivered')]);
      await store.markSent(held.lease, key, 'wamid.second');
      await store.markSending(held.lease, key);
      await store.markUnsent(held.lease, key);
      await store.recordStatuses([priced(key, 'delivered', { platformId: 'wamid.second' })]);
      expect(await total(store)).toBe(1);
    });

    it('of a part that is not ours, or of another business, are not counted', async ({ store, sentPart }) => {
      const key = await sentPart('clinic');
      const recorded = await store.recordStatuses([
        priced(key, 'delivered', { business: 'bakery' }),
        priced('never-sent', 'read', { business: 'bakery' }),
        priced('never-sent', 'sent', { business: 'bakery' }),
        status('never-sent', 'read', { business: 'bakery' }),
      ]);
      expect(recorded).toEqual({ conversations: [], priced: [], unknownParts: ['bakery', 'bakery'] });
      expect(await total(store)).toBe(0);
      const own = await store.recordStatuses([priced(key, 'delivered', { business: 'clinic' })]);
      expect(own.priced).toEqual([{ ...COUNTED, business: 'clinic' }]);
    });

    it('survive the erasure of the person, and are kept for 25 months', async ({
      store,
      clock,
      sentPart,
    }) => {
      clock.advance(AT - clock.now());
      const key = await sentPart('env', BILAL.phone);
      await store.recordStatuses([priced(key, 'delivered')]);
      expect(await store.erase(BILAL.phone ?? '')).toMatchObject({ conversations: 1 });
      expect(await store.costs(NOVEMBER)).toEqual([{ ...COUNTED, parts: 1 }]);
      clock.advance(Date.UTC(2028, 11, 31, 23, 59) - clock.now());
      await store.forgetOld();
      expect(await total(store)).toBe(1);
      clock.advance(DAY);
      await store.forgetOld();
      expect(await store.costs(NOVEMBER)).toEqual([]);
    });
  });
}
