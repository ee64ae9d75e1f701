import { describe, expect } from 'vitest';
import { AISHA, BILAL, message, status } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest } from './store-test.ts';

const HERS = [AISHA.phone ?? '', AISHA.userId ?? ''];
const EMPTY = { conversations: 0, messages: 0, parts: 0, deadLetters: 0, corrections: 0, identities: [] };

/** An erasure that can be proved, and texts that are deleted in time. */
export function erasing(it: StoreTest): void {
  describe('an erasure', () => {
    it('counts what it deleted by kind, and nothing is found afterwards', async ({
      store,
      accept,
      finish,
      giveUp,
      answer,
    }) => {
      const answered = message('hello');
      await finish(answered);
      const conversation = await giveUp(message('poison'));
      await accept(message('one more'));
      const held = claimed(await store.claim(conversation, LEASE));
      await answer(held, ['One.', 'Two.']);
      const edit = { kind: 'edit', of: 'wamid.not-here', content: { kind: 'text', text: 'edited' } } as const;
      await accept({ ...message('an edit'), content: edit });
      await accept(message('of somebody else', { person: BILAL }));
      expect((await store.search(HERS)).found).not.toEqual([]);

      const erased = await store.erase(AISHA.phone ?? '');
      expect(erased).toMatchObject({ conversations: 1, parts: 3, deadLetters: 1, corrections: 1 });
      // The edit is a message with an id, too.
      expect(erased.messages).toBeGreaterThanOrEqual(4);
      expect([...erased.identities].sort()).toEqual([...HERS].sort());
      expect(erased.identitiesOfOthers).toEqual([]);
      await store.purge();
      const { searched, found } = await store.search([...HERS, 'hello', 'poison', 'One.', 'edited']);
      expect(found).toEqual([]);
      expect(searched.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(0);
      expect((await store.search([BILAL.phone ?? BILAL.userId ?? ''])).found).not.toEqual([]);
      expect(await accept(answered)).toMatchObject({ outcome: 'done' });
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject(EMPTY);
    });

    it('says which identities stay, since they belong to another person too', async ({ store, accept }) => {
      await accept(message('hello', { person: { phone: '15550008888', userId: 'US.8' } }));
      await accept(message('hello', { person: { userId: 'US.9' } }));
      await accept(message('hello', { person: { phone: '15550008888', userId: 'US.9' } }));
      const erased = await store.erase('US.8');
      expect(erased).toMatchObject({
        conversations: 1,
        identities: ['US.8'],
        identitiesOfOthers: ['15550008888'],
      });
    });
  });

  describe('the oldest texts', () => {
    it('are told by kind, and those of ended replies are gone after 7 days', async ({
      store,
      clock,
      claim,
      answer,
      accept,
      giveUp,
    }) => {
      expect(await store.oldestTexts()).toEqual({});
      const startedAt = clock.now();
      const held = await claim(message('hello'));
      expect(await store.oldestTexts()).toEqual({ message: startedAt });
      await answer(held, ['kept until it arrives']);
      await store.finish(held.lease);
      expect(await store.oldestTexts()).toEqual({ part: startedAt });
      clock.advance(1_000);
      await giveUp(message('poison', { person: BILAL }));
      const edit = { kind: 'edit', of: 'wamid.not-here', content: { kind: 'text', text: 'edited' } } as const;
      clock.advance(1_000);
      await accept({ ...message('an edit'), content: edit });
      const told = await store.oldestTexts();
      expect(told).toMatchObject({ part: startedAt, deadLetter: startedAt + 1_000 });
      // Where an expiry in whole seconds stands for the arrival.
      expect(Math.abs((told.correction ?? 0) - (startedAt + 2_000))).toBeLessThanOrEqual(1_000);

      clock.advance(7 * DAY - 2_000);
      expect(await store.forgetOld()).toMatchObject({ texts: 0 });
      clock.advance(5_000);
      const { texts } = await store.forgetOld();
      expect(texts).toBeGreaterThanOrEqual(1);
      expect(await store.oldestTexts()).not.toHaveProperty('part');
      await store.purge();
      expect((await store.search(['kept until it arrives'])).found).toEqual([]);
      expect(await store.forgetOld()).toMatchObject({ texts: 0 });
    });

    it('know no reply that has arrived', async ({ store, claim, answer }) => {
      const held = await claim(message('hello'));
      const [part] = await answer(held, ['seen']);
      await store.recordStatuses([status(part?.key ?? '', 'delivered')]);
      await store.finish(held.lease);
      expect(await store.oldestTexts()).toEqual({});
      await store.purge();
      expect((await store.search(['seen', 'hello'])).found).toEqual([]);
    });
  });
}
