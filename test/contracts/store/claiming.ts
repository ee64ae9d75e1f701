import { describe, expect } from 'vitest';
import { LeaseLost } from '#app/domain/errors.ts';
import { message } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './story.ts';

/** Who works on what, and until when. */
export function claiming(it: StoreTest): void {
  describe('claim', () => {
    it('has nothing to give when nothing waits', async ({ store }) => {
      expect(await store.claim('nobody', LEASE)).toEqual({ claimed: false, because: 'idle' });
    });

    it('gives all waiting messages by platform time, then arrival', async ({ store, claim }) => {
      const [late, early, tie] = [
        message('c', { sentAt: 3_000 }),
        message('a', { sentAt: 1_000 }),
        message('d', { sentAt: 3_000 }),
      ];
      await store.accept([late, early, tie]);
      const { turn } = await claim(message('b', { sentAt: 2_000 }));
      expect(turn.messages.map(({ content }) => 'text' in content && content.text)).toEqual([
        'a',
        'b',
        'c',
        'd',
      ]);
    });

    it('counts attempts before the work', async ({ store, clock, claim }) => {
      const first = await claim(message());
      expect(first.turn.attempt).toBe(1);
      clock.advance(LEASE + 1);
      const second = claimed(await store.claim(first.lease.conversation, LEASE));
      expect(second.turn).toMatchObject({ id: first.turn.id, attempt: 2 });
    });

    it('gives a conversation to one of many at once', async ({ store, clock, accept }) => {
      const { conversation } = await accept(message());
      const claims = await Promise.all(Array.from({ length: 10 }, () => store.claim(conversation, LEASE)));
      expect(claims.filter(({ claimed: won }) => won)).toHaveLength(1);
      expect(claims.find(({ claimed: won }) => !won)).toEqual({
        claimed: false,
        because: 'held',
        at: clock.now() + LEASE,
      });
    });

    it('leaves what arrives during a turn for the next one', async ({
      store,
      clock,
      accept,
      claim,
      answer,
    }) => {
      const first = await claim(message('one'));
      clock.advance(500);
      const two = message('two');
      await accept(two);
      await answer(first);
      expect(await store.finish(first.lease)).toEqual({ waitingSince: clock.now() });
      const next = claimed(await store.claim(first.lease.conversation, LEASE));
      expect(next.turn.messages).toEqual([two]);
      expect(next.turn.id).not.toBe(first.turn.id);
    });

    it('lets a flood become several turns', async ({ store, claim, answer }) => {
      await store.accept(Array.from({ length: 120 }, () => message()));
      const held = await claim(message());
      expect(held.turn.messages.length).toBeLessThanOrEqual(50);
      await answer(held);
      expect(await store.finish(held.lease)).toHaveProperty('waitingSince');
    });
  });

  describe('a lease', () => {
    it('that was taken over does nothing any more, in any method', async ({ store, clock, claim }) => {
      const loser = await claim(message());
      const [part] = await store.writeReply(loser.lease, ['words'], {});
      clock.advance(LEASE + 1);
      const winner = claimed(await store.claim(loser.lease.conversation, LEASE));
      const key = part?.key ?? '';
      const attempts = [
        store.renew(loser.lease, LEASE),
        store.remember(loser.lease, { language: 'ar' }),
        store.writeReply(loser.lease, ['others'], {}),
        store.markSending(loser.lease, key),
        store.markSent(loser.lease, key, 'wamid.x'),
        store.markUnsent(loser.lease, key),
        store.parts(loser.lease),
        store.finish(loser.lease),
        store.release(loser.lease, { retryAt: 0, countAttempt: true }),
        store.giveUp(loser.lease, 'why', []),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
      }
      expect(await store.parts(winner.lease)).toEqual([{ key, text: 'words', state: 'unsent' }]);
    });

    it('renewed in time is not taken over', async ({ store, clock, claim }) => {
      const held = await claim(message());
      clock.advance(LEASE - 1);
      await store.renew(held.lease, LEASE);
      clock.advance(LEASE - 1);
      expect(await store.claim(held.lease.conversation, LEASE)).toMatchObject({ because: 'held' });
    });

    it('released rests until its time, and the attempt can be given back', async ({
      store,
      clock,
      claim,
    }) => {
      const held = await claim(message());
      await store.release(held.lease, { retryAt: clock.now() + 5_000, countAttempt: false });
      const id = held.lease.conversation;
      expect(await store.claim(id, LEASE)).toEqual({
        claimed: false,
        because: 'later',
        at: clock.now() + 5_000,
      });
      clock.advance(5_000);
      expect(claimed(await store.claim(id, LEASE)).turn.attempt).toBe(1);
    });
  });
}
