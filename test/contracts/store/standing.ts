import { describe, expect } from 'vitest';
import type { Standing } from '#app/domain/conversation.ts';
import { BILAL, message } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

const HAND_OFF = { by: 'assistant', since: 5, until: 6, turn: 't', reason: 'asks for a "refund"' } as const;
const DAY = 24 * 60 * 60 * 1000;
const FULL: Standing = { handOff: HAND_OFF, optedOutAt: 1, noticeAt: 2, inboundAt: 3 };

/** How the service stands with a person. */
export function standings(it: StoreTest): void {
  describe('a standing', () => {
    it('is absent for a new person', async ({ claim }) => {
      expect((await claim(message())).conversation).not.toHaveProperty('standing');
    });

    it('is stored with a reply or without one, and replaced as a whole', async ({ store, clock, claim }) => {
      const held = await claim(message());
      const again = async () => {
        clock.advance(LEASE + 1);
        return claimed(await store.claim(held.lease.conversation, LEASE));
      };
      await store.remember(held.lease, { standing: FULL });
      const second = await again();
      expect(second.conversation.standing).toEqual(FULL);
      // An omitted standing stays.
      await store.remember(second.lease, { language: 'ar' });
      const third = await again();
      expect(third.conversation.standing).toEqual(FULL);
      const operator: Standing = { handOff: { by: 'operator', since: 7, until: 8 }, noticeAt: 2 };
      await store.writeReply(third.lease, ['x'], { standing: operator });
      const fourth = await again();
      expect(fourth.conversation.standing).toEqual(operator);
      await store.remember(fourth.lease, { standing: {} });
      expect((await again()).conversation.standing).toEqual({});
    });

    const handOff = (now: number, days: number): Standing => ({
      handOff: { by: 'operator', since: now, until: now + days * DAY },
    });
    it.for<[string, (now: number) => Standing, number, number]>([
      ['neither hand-off nor opt-out', () => ({ noticeAt: 1 }), 8, 10],
      ['a hand-off', (now) => handOff(now, 30), 29, 40],
      ['a hand-off that has ended', (now) => handOff(now, 1), 8, 10],
      ['an opt-out', (now) => ({ optedOutAt: now }), 360, 370],
    ])('keeps a person who is quiet: %s', async ([, standingAt, kept, gone], { store, clock, claim }) => {
      const held = await claim(message());
      const { id } = held.conversation;
      await store.writeReply(held.lease, [], { standing: standingAt(clock.now()) });
      await store.finish(held.lease);
      const startedAt = clock.now();
      const isKeptAt = async (days: number) => {
        clock.advance(startedAt + days * DAY - clock.now());
        await store.forgetOld();
        await store.forgetOld();
        return (await store.conversation(id)) !== undefined;
      };
      expect(await isKeptAt(kept)).toBe(true);
      expect(await isKeptAt(gone)).toBe(false);
    });

    it('is that of one conversation, and only under its lease', async ({ store, clock, claim }) => {
      const held = await claim(message());
      clock.advance(LEASE + 1);
      await store.claim(held.lease.conversation, LEASE);
      await expect(store.remember(held.lease, { standing: FULL })).rejects.toThrow();
      const other = await claim(message('hello', { person: BILAL }));
      await store.remember(other.lease, { standing: FULL });
      expect((await store.conversation(held.lease.conversation))?.conversation).not.toHaveProperty(
        'standing',
      );
    });
  });
}
