import { describe, expect } from 'vitest';
import { announces, answered, NEW, OLD, says } from './names.ts';
import { DAY, type StoreTest } from './store-test.ts';

/** An announced change of identity moves its own person and nobody else. */
export function changes(it: StoreTest): void {
  describe('an announced change of identity', () => {
    it('ends the user id of the number, whether it names it or not', async ({ accept }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0));
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      expect((await accept(says({ userId: 'US.A1' }, 20))).conversation).not.toBe(hers);
      expect((await accept(says({ phone: NEW, userId: 'US.A2' }, 21))).conversation).toBe(hers);
      expect((await accept(says({ userId: 'US.A2' }, 22))).conversation).toBe(hers);
    });

    it('of the user id alone keeps the number', async ({ store, accept }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0));
      await accept(announces({ userId: 'US.A2', formerly: ['US.A1'] }, 10));
      expect((await accept(says({ phone: OLD, userId: 'US.A2' }, 11))).conversation).toBe(hers);
      expect((await accept(says({ userId: 'US.A1' }, 12))).conversation).not.toBe(hers);
      expect((await answered(store, hers)).person).toEqual({ phone: OLD, userId: 'US.A2' });
    });

    it('that arrives after the first message from the new number merges no conversations', async ({
      accept,
    }) => {
      const { conversation: old } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0));
      const { conversation: young } = await accept(says({ phone: NEW, userId: 'US.A2' }, 11));
      await accept(announces({ phone: NEW, userId: 'US.A2', formerly: [OLD, 'US.A1'] }, 10));
      expect((await accept(says({ phone: NEW, userId: 'US.A2' }, 12))).conversation).toBe(young);
      const { conversation: stranger } = await accept(says({ phone: OLD }, 20));
      expect([old, young]).not.toContain(stranger);
    });

    it('that arrives after the first message from the new number merges no conversations, also without user ids', async ({
      accept,
    }) => {
      const { conversation: old } = await accept(says({ phone: OLD }, 0));
      const { conversation: young } = await accept(says({ phone: NEW }, 11));
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      expect((await accept(says({ phone: NEW }, 12))).conversation).toBe(young);
      expect([old, young]).not.toContain((await accept(says({ phone: OLD }, 20))).conversation);
    });

    it('is not undone by a late message of the previous owner of the new number', async ({
      store,
      accept,
    }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0));
      await accept(says({ userId: 'US.D' }, 0));
      await accept(announces({ phone: NEW, userId: 'US.A2', formerly: [OLD, 'US.A1'] }, 20));
      await accept(says({ phone: NEW, userId: 'US.D' }, 5));
      expect((await answered(store, hers)).person).toEqual({ phone: NEW, userId: 'US.A2' });
    });

    it('that is older than the person’s last message is ignored', async ({ accept }) => {
      const { conversation: theirs } = await accept(says({ phone: OLD }, 20));
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      expect((await accept(says({ phone: OLD }, 21))).conversation).toBe(theirs);
      expect((await accept(says({ phone: NEW }, 22))).conversation).not.toBe(theirs);
    });

    it('is not applied again after its id is forgotten', async ({ store, clock, accept, finish }) => {
      const [change, another] = [10, 10].map((minutes) =>
        announces({ phone: NEW, formerly: [OLD] }, minutes),
      );
      if (change === undefined || another === undefined) throw new Error('no change');
      await finish(says({ phone: OLD }, 0));
      await accept(change);
      clock.advance(10 * DAY);
      await store.forgetOld();
      // These identities are unknown by now, and stay unknown.
      expect(await accept(change)).toEqual({ outcome: 'done', conversation: '' });
      expect(await store.erase(NEW)).toMatchObject({ conversations: 0 });
      const today = 10 * 24 * 60;
      const { conversation: theirs } = await accept(says({ phone: OLD }, today));
      await accept(another);
      expect((await accept(says({ phone: OLD }, today + 1))).conversation).toBe(theirs);
      expect(await answered(store, theirs)).toMatchObject({ assistantUserId: OLD, person: { phone: OLD } });
    });

    it('of an unknown person takes no conversation whose number changed its owner unannounced', async ({
      store,
      accept,
    }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0, 'alice'));
      // Dora got the number, wrote nothing from it, and moved on.
      await accept(announces({ phone: NEW, userId: 'US.D2', formerly: [OLD, 'US.D1'] }, 10));
      const { conversation: doras } = await accept(says({ phone: NEW, userId: 'US.D2' }, 11, 'dora'));
      expect(doras).not.toBe(hers);
      expect((await accept(says({ userId: 'US.D1' }, 9, 'dora before'))).conversation).toBe(doras);
      expect((await accept(says({ userId: 'US.A1' }, 12, 'alice too'))).conversation).toBe(hers);
      expect([hers, doras]).not.toContain((await accept(says({ phone: OLD }, 13))).conversation);
      // She lost the number before Dora got it, so replies to her do not go there.
      expect(await answered(store, hers)).toEqual({
        assistantUserId: OLD,
        person: { userId: 'US.A1' },
        texts: ['alice', 'alice too'],
      });
      expect(await answered(store, doras)).toMatchObject({ person: { phone: NEW, userId: 'US.D2' } });
    });

    it('of a known person ends the number of another person who left it unannounced', async ({
      store,
      accept,
    }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 0, 'alice'));
      const { conversation: doras } = await accept(says({ userId: 'US.D1' }, 1, 'dora'));
      await accept(announces({ phone: NEW, userId: 'US.D2', formerly: [OLD, 'US.D1'] }, 10));
      expect((await accept(says({ phone: NEW, userId: 'US.D2' }, 11))).conversation).toBe(doras);
      expect([hers, doras]).not.toContain((await accept(says({ phone: OLD }, 12))).conversation);
      expect((await answered(store, hers)).person).toEqual({ userId: 'US.A1' });
    });

    it('that arrives late gives nothing to another person with the new number', async ({
      store,
      accept,
      finish,
    }) => {
      const { conversation: doras } = await accept(says({ phone: NEW, userId: 'US.D' }, 0, 'dora'));
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 1, 'alice'));
      await finish(says({ userId: 'US.D' }, 11, 'dora too'));
      await accept(announces({ phone: NEW, userId: 'US.A2', formerly: [OLD, 'US.A1'] }, 10));
      await accept(says({ userId: 'US.D' }, 12, 'dora again'));
      expect((await accept(says({ userId: 'US.A2' }, 12, 'alice too'))).conversation).toBe(hers);
      expect(await answered(store, doras)).toEqual({
        assistantUserId: NEW,
        person: { phone: NEW, userId: 'US.D' },
        texts: ['dora again'],
      });
      expect(await answered(store, hers)).toEqual({
        assistantUserId: OLD,
        person: { userId: 'US.A2' },
        texts: ['alice', 'alice too'],
      });
    });

    it('that arrives late takes no number from a person who has written since', async ({
      store,
      accept,
      finish,
    }) => {
      await finish(says({ phone: OLD, userId: 'US.A1' }, 11));
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 12));
      await accept(announces({ phone: NEW, userId: 'US.D2', formerly: [OLD, 'US.D1'] }, 10));
      expect((await answered(store, hers)).person).toEqual({ phone: OLD, userId: 'US.A1' });
    });

    it('that arrives after another person left the new number does not merge the two', async ({
      store,
      accept,
    }) => {
      await accept(says({ phone: NEW, userId: 'US.D1' }, 0, 'dora'));
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'US.A1' }, 1, 'alice'));
      await accept(announces({ phone: '15550001003', userId: 'US.D2', formerly: [NEW, 'US.D1'] }, 12));
      await accept(announces({ phone: NEW, userId: 'US.A2', formerly: [OLD, 'US.A1'] }, 10));
      expect((await accept(says({ userId: 'US.A2' }, 13))).conversation).toBe(hers);
      expect(await store.erase(OLD)).toMatchObject({ conversations: 1 });
      expect(await store.erase('US.D2')).toMatchObject({ conversations: 1 });
    });

    it('of an unknown person creates no person', async ({ accept }) => {
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      expect(await accept(says({ phone: NEW }, 11))).toMatchObject({ outcome: 'new' });
      expect(await accept(says({ phone: OLD }, 11))).toMatchObject({ outcome: 'new' });
    });
  });
}
