import { describe, expect } from 'vitest';
import { LeaseLost } from '#app/domain/errors.ts';
import { message } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

/** Claims and leases. */
export function claiming(it: StoreTest): void {
  describe('claim', () => {
    it('returns idle when nothing waits', async ({ store }) => {
      expect(await store.claim('nobody', LEASE)).toEqual({ claimed: false, because: 'idle' });
    });

    it('returns all waiting messages by platform time, then arrival', async ({ store, claim }) => {
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

    it('succeeds for one of several concurrent callers', async ({ store, clock, accept }) => {
      const { conversation } = await accept(message());
      const claims = await Promise.all(Array.from({ length: 10 }, () => store.claim(conversation, LEASE)));
      expect(claims.filter(({ claimed: won }) => won)).toHaveLength(1);
      expect(claims.find(({ claimed: won }) => !won)).toEqual({
        claimed: false,
        because: 'held',
        at: clock.now() + LEASE,
      });
    });

    it('leaves messages that arrive during a turn to the next one', async ({
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

    it('splits a flood of messages into several turns', async ({ store, claim, answer }) => {
      await store.accept(Array.from({ length: 120 }, () => message()));
      const held = await claim(message());
      expect(held.turn.messages.length).toBeLessThanOrEqual(50);
      await answer(held);
      expect(await store.finish(held.lease)).toHaveProperty('waitingSince');
    });
  });

  describe('a lease', () => {
    it('that was taken over makes every method throw LeaseLost', async ({ store, clock, claim }) => {
      const previous = await claim(message());
      const [part] = await store.writeReply(previous.lease, ['words'], {});
      clock.advance(LEASE + 1);
      const next = claimed(await store.claim(previous.lease.conversation, LEASE));
      const key = part?.key ?? '';
      const attempts = [
        store.renew(previous.lease, LEASE),
        store.remember(previous.lease, { language: 'ar' }),
        store.writeReply(previous.lease, ['others'], {}),
        store.markSending(previous.lease, key),
        store.markSent(previous.lease, key, 'wamid.x'),
        store.markUnsent(previous.lease, key),
        store.parts(previous.lease),
        store.finish(previous.lease),
        store.release(previous.lease, { retryAt: 0, countAttempt: true }),
        store.giveUp(previous.lease, 'why', []),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
      }
      expect(await store.parts(next.lease)).toEqual([{ key, text: 'words', state: 'unsent' }]);
    });

    it('that is renewed in time is not taken over', async ({ store, clock, claim }) => {
      const held = await claim(message());
      clock.advance(LEASE - 1);
      await store.renew(held.lease, LEASE);
      clock.advance(LEASE - 1);
      expect(await store.claim(held.lease.conversation, LEASE)).toMatchObject({ because: 'held' });
    });

    it('that is released can be claimed from its retry time, and the attempt need not count', async ({
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
