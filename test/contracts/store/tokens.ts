import { describe, expect } from 'vitest';
import { BILAL, message } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest } from './store-test.ts';

const NOVEMBER = '2026-11';
const AT = Date.UTC(2026, 10, 30, 23, 59);
const USAGE = { inputTokens: 1_000, outputTokens: 20 };

/** What the assistant's answers used. */
export function tokens(it: StoreTest): void {
  describe('tokens', () => {
    it('are counted once for each reply, however often it is written', async ({ store, clock, claim }) => {
      clock.advance(AT - clock.now());
      const held = await claim(message());
      const write = () => store.writeReply(held.lease, ['one'], {}, USAGE);
      await Promise.all([write(), write()]);
      await write();
      clock.advance(LEASE + 1);
      const again = claimed(await store.claim(held.lease.conversation, LEASE));
      await store.writeReply(again.lease, ['two'], {}, USAGE);
      expect(await store.tokens(NOVEMBER)).toEqual([{ business: 'env', answers: 1, ...USAGE }]);
    });

    it('are not counted for a lost lease, nor without a report of them', async ({ store, clock, claim }) => {
      clock.advance(AT - clock.now());
      const held = await claim(message());
      clock.advance(LEASE + 1);
      const again = claimed(await store.claim(held.lease.conversation, LEASE));
      await expect(store.writeReply(held.lease, ['one'], {}, USAGE)).rejects.toThrow();
      await store.writeReply(again.lease, ['two'], {});
      expect(await store.tokens(NOVEMBER)).toEqual([]);
    });

    it('are summed for each business and month', async ({ store, clock, claim }) => {
      clock.advance(AT - clock.now());
      const answer = async (business: string, person = BILAL) => {
        const { lease } = await claim(message('a question', { business, person }));
        await store.writeReply(lease, ['an answer'], {}, USAGE);
        await store.finish(lease);
      };
      for (const business of ['env', 'env', 'clinic']) await answer(business);
      clock.advance(60_000);
      await answer('clinic');
      const november = await store.tokens(NOVEMBER);
      expect(november).toHaveLength(2);
      expect(november).toEqual(
        expect.arrayContaining([
          { business: 'env', answers: 2, inputTokens: 2_000, outputTokens: 40 },
          { business: 'clinic', answers: 1, ...USAGE },
        ]),
      );
      expect(await store.tokens('2026-12')).toEqual([{ business: 'clinic', answers: 1, ...USAGE }]);
      expect(await store.costs(NOVEMBER)).toEqual([]);
    });

    it('survive the erasure of the person, and are kept for 25 months', async ({ store, clock, claim }) => {
      clock.advance(AT - clock.now());
      const { lease } = await claim(message('a question', { person: BILAL }));
      await store.writeReply(lease, ['an answer'], {}, USAGE);
      expect(await store.erase(BILAL.phone ?? '')).toMatchObject({ conversations: 1 });
      clock.advance(Date.UTC(2028, 11, 31, 23, 59) - clock.now());
      await store.forgetOld();
      expect(await store.tokens(NOVEMBER)).toHaveLength(1);
      clock.advance(DAY);
      await store.forgetOld();
      expect(await store.tokens(NOVEMBER)).toEqual([]);
    });
  });
}
