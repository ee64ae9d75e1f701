import { describe, expect } from 'vitest';
import { AISHA, BILAL, message, status } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest } from './store-test.ts';

/** Giving up, the sweep, retention and erasure. */
export function ending(it: StoreTest): void {
  describe('giving up', () => {
    it('keeps sent parts, replaces unsent ones by the apology, and resets the attempts', async ({
      store,
      clock,
      claim,
    }) => {
      const held = await claim(message());
      const [one] = await store.writeReply(held.lease, ['one', 'two'], {});
      await store.markSending(held.lease, one?.key ?? '');
      await store.markSent(held.lease, one?.key ?? '', 'wamid.1');
      const parts = await store.giveUp(held.lease, 'poison', ['Sorry.']);
      expect(parts.map(({ text, state }) => [text, state])).toEqual([
        ['one', 'sent'],
        ['Sorry.', 'unsent'],
      ]);
      expect(await store.giveUp(held.lease, 'again', ['Twice.'])).toEqual(parts);
      clock.advance(LEASE + 1);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn).toMatchObject({ gaveUpReason: 'poison', attempt: 1 });
    });

    it('stores a dead letter that can be redriven once', async ({ store, accept, giveUp }) => {
      const first = message('first');
      const newest = message('second', { sentAt: first.sentAt + 2_000 });
      await accept(newest);
      const conversation = await giveUp(first);
      expect(await accept(first)).toMatchObject({ outcome: 'done' });
      const [deadLetter] = await store.deadLetters(10);
      expect(deadLetter).toMatchObject({
        reason: 'poison',
        messages: 2,
        newestAt: newest.sentAt,
        conversation,
      });
      expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });
      expect(await store.redrive(deadLetter?.turnId ?? '')).toBe(conversation);
      expect(await store.redrive(deadLetter?.turnId ?? '')).toBeUndefined();
      const again = claimed(await store.claim(conversation, LEASE));
      expect(again.turn.messages).toEqual([first, newest]);
      expect(again.turn.attempt).toBe(1);
    });
  });

  describe('giving up a turn that was reopened', () => {
    it('keeps its parts without an apology, and a redrive sends the same text', async ({
      store,
      clock,
      claim,
      answer,
    }) => {
      const asked = message();
      const held = await claim(asked);
      const [{ key = '' } = {}] = await answer(held, ['one', 'two']);
      await store.finish(held.lease);
      await store.recordStatuses([status(key, 'failed', { code: '131026' })]);
      const id = held.lease.conversation;
      const { lease } = claimed(await store.claim(id, LEASE));
      await store.markUnsent(lease, key);
      const unchanged = [
        { text: 'one', state: 'unsent' },
        { text: 'two', state: 'sent' },
      ];
      expect(await store.giveUp(lease, 'refused: 131026', ['Sorry.'])).toMatchObject(unchanged);
      await store.finish(lease);
      expect(await store.claim(id, LEASE)).toEqual({ claimed: false, because: 'idle' });
      const [deadLetter] = await store.deadLetters(10);
      expect(deadLetter).toMatchObject({ reason: 'refused: 131026', messages: 0, newestAt: asked.sentAt });
      expect((await store.recordStatuses([status(key, 'failed', { code: '131026' })])).conversations).toEqual(
        [],
      );
      expect(await store.redrive(deadLetter?.turnId ?? '')).toBe(id);
      expect(await store.redrive(deadLetter?.turnId ?? '')).toBeUndefined();
      expect(await store.deadLetters(10)).toEqual([]);
      clock.advance(10_000);
      expect(await store.due(10, 0)).toEqual([id]);
      const again = claimed(await store.claim(id, LEASE));
      expect(again.turn).toMatchObject({ id: held.turn.id, reopened: true, parts: unchanged });
      expect(again.turn).not.toHaveProperty('gaveUpReason');
      await store.markSending(again.lease, key);
      await store.markSent(again.lease, key, 'wamid.second');
      await store.finish(again.lease);
      expect(await store.claim(id, LEASE)).toEqual({ claimed: false, because: 'idle' });
      expect(await store.due(10, 0)).toEqual([]);
    });

    it('keeps the text of a part that fails afterwards, for a redrive', async ({ store, claim, answer }) => {
      const held = await claim(message());
      const [one, two] = await answer(held, ['one', 'two']);
      await store.finish(held.lease);
      await store.recordStatuses([status(one?.key ?? '', 'failed', { code: '131026' })]);
      const { lease } = claimed(await store.claim(held.lease.conversation, LEASE));
      await store.markUnsent(lease, one?.key ?? '');
      await store.giveUp(lease, 'refused: 131026', []);
      await store.finish(lease);
      expect(
        (await store.recordStatuses([status(two?.key ?? '', 'failed', { code: '131026' })])).conversations,
      ).toEqual([]);
      const [deadLetter] = await store.deadLetters(10);
      await store.redrive(deadLetter?.turnId ?? '');
      const again = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(again.turn.parts?.map(({ text }) => text)).toEqual(['one', 'two']);
    });

    it('does not reopen the turn when a part that was sent before fails', async ({ store, claim }) => {
      const held = await claim(message());
      const [one, two] = await store.writeReply(held.lease, ['one', 'two'], {});
      await store.markSending(held.lease, one?.key ?? '');
      await store.markSent(held.lease, one?.key ?? '', `wamid.of-${one?.key}`);
      await store.giveUp(held.lease, 'refused: 131047', []);
      await store.finish(held.lease);
      for (const part of [one, two]) {
        expect(
          (await store.recordStatuses([status(part?.key ?? '', 'failed', { code: '131000' })])).conversations,
        ).toEqual([]);
      }
      expect(await store.claim(held.lease.conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
    });

    it('does not outlive its erased person', async ({ store, clock, claim, answer }) => {
      const held = await claim(message());
      const [{ key = '' } = {}] = await answer(held);
      await store.finish(held.lease);
      await store.recordStatuses([status(key, 'failed', { code: '131000' })]);
      await store.erase(AISHA.phone ?? '');
      clock.advance(10_000);
      expect(await store.due(10, 0)).toEqual([]);
      expect((await store.recordStatuses([status(key, 'failed', { code: '131000' })])).conversations).toEqual(
        [],
      );
    });
  });

  describe('the sweep', () => {
    it('finds work without a lease, oldest first', async ({ store, accept }) => {
      const a = await accept(message('a', { person: AISHA }));
      const b = await accept(message('b', { person: BILAL }));
      expect(await store.due(10, 0)).toEqual([a.conversation, b.conversation]);
      expect(await store.due(1, 0)).toEqual([a.conversation]);
    });

    it('finds the newer work of a business behind many conversations of another one', async ({
      store,
      clock,
    }) => {
      const flood = await store.accept(
        Array.from({ length: 30 }, (_, one) =>
          message('?', { business: 'flood', person: { phone: `1555${one}` } }),
        ),
      );
      clock.advance(1);
      const [quiet] = await store.accept([message('?', { business: 'quiet' })]);
      const [env] = await store.accept([message('?')]);
      const oldest = flood.map(({ conversation }) => conversation);
      const inShares = await store.due(10, 0, 3);
      expect(inShares.slice(0, 3).toSorted()).toEqual(
        (await store.due(100, 0))
          .filter((id) => oldest.includes(id))
          .slice(0, 3)
          .toSorted(),
      );
      expect(inShares.slice(3)).toEqual([quiet?.conversation, env?.conversation]);
      expect(await store.due(3, 0, 3)).toEqual(inShares.slice(0, 3));
      for (const id of inShares) claimed(await store.claim(id, LEASE));
      const next = await store.due(10, 0, 3);
      expect(next).toHaveLength(3);
      expect(next.filter((id) => inShares.includes(id))).toEqual([]);
    });

    it('leaves new messages to their own wake-up', async ({ store, clock, accept }) => {
      const { conversation } = await accept(message());
      clock.advance(900);
      expect(await store.due(10, 1_000)).toEqual([]);
      clock.advance(100);
      expect(await store.due(10, 1_000)).toEqual([conversation]);
    });

    it('skips work that is leased, backing off or done, and finds it when it is due', async ({
      store,
      clock,
      claim,
      answer,
    }) => {
      const held = await claim(message());
      expect(await store.due(10, 0)).toEqual([]);
      clock.advance(LEASE);
      expect(await store.due(10, 0)).toEqual([held.lease.conversation]);
      const again = claimed(await store.claim(held.lease.conversation, LEASE));
      await store.release(again.lease, { retryAt: clock.now() + 5_000, countAttempt: true });
      expect(await store.due(10, 0)).toEqual([]);
      clock.advance(5_000);
      expect(await store.due(10, 0)).toEqual([held.lease.conversation]);
      await answer(claimed(await store.claim(held.lease.conversation, LEASE)));
    });

    it('counts the waiting messages and returns the oldest arrival', async ({
      store,
      clock,
      accept,
      claim,
    }) => {
      const since = clock.now();
      await claim(message());
      clock.advance(1_000);
      await accept(message());
      expect(await store.backlog()).toEqual({ waiting: 2, oldestAt: since, deadLetters: 0 });
    });
  });

  describe('retention and erasure', () => {
    it('deletes ids, turns and persons after their retention, and not before', async ({
      store,
      clock,
      accept,
      finish,
    }) => {
      const once = message();
      await finish(once);
      clock.advance(8 * DAY);
      expect(await store.forgetOld()).toMatchObject({ rows: 0 });
      clock.advance(2 * DAY);
      expect((await store.forgetOld()).rows).toBeGreaterThan(0);
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 0 });
      expect(await accept(once)).toMatchObject({ outcome: 'new' });
    });

    it('never deletes waiting messages', async ({ store, clock, accept }) => {
      const once = message();
      const { conversation } = await accept(once);
      clock.advance(30 * DAY);
      await store.forgetOld();
      expect(claimed(await store.claim(conversation, LEASE)).turn.messages).toEqual([once]);
    });

    it('keeps an inactive person as long as a dead letter of theirs can be redriven', async ({
      store,
      clock,
      giveUp,
    }) => {
      const once = message();
      const conversation = await giveUp(once);
      clock.advance(10 * DAY);
      await store.forgetOld();
      const [deadLetter] = await store.deadLetters(10);
      expect(await store.redrive(deadLetter?.turnId ?? '')).toBe(conversation);
      expect(claimed(await store.claim(conversation, LEASE)).turn.messages).toEqual([once]);
    });

    it('deletes a person with their last dead letter', async ({ store, clock, giveUp }) => {
      await giveUp(message());
      clock.advance(15 * DAY);
      await store.forgetOld();
      expect(await store.deadLetters(10)).toEqual([]);
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 0 });
    });

    it('erases a person by any identity, and a redelivery does not restore them', async ({
      store,
      accept,
      finish,
    }) => {
      const once = message();
      await finish(once);
      const waiting = message();
      await accept(waiting);
      expect(await store.erase(AISHA.userId ?? '')).toMatchObject({ conversations: 1 });
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 0 });
      for (const late of [waiting, once]) expect(await accept(late)).toMatchObject({ outcome: 'done' });
      for (const own of [AISHA.phone, AISHA.userId])
        expect(await store.erase(own ?? '')).toMatchObject({ conversations: 0 });
      expect(await store.due(10, 0)).toEqual([]);
      const [back] = await store.accept([message('I am back')]);
      expect(back).toMatchObject({ outcome: 'new' });
    });

    describe('a person whose two conversations were merged', () => {
      const PHONE = '15550008888';
      const USER_ID = 'US.8';

      it.for([
        ['phone number', PHONE],
        ['user id', USER_ID],
      ])('is erased completely by %s', async ([, identity], { store, accept }) => {
        const byPhone = message('by phone', { person: { phone: PHONE } });
        const others = [{ userId: USER_ID }, { phone: PHONE, userId: USER_ID }, BILAL];
        const { conversation } = await accept(byPhone);
        for (const person of others) await accept(message('hello', { person }));
        expect(await store.erase(identity ?? '')).toMatchObject({ conversations: 2 });
        expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
        expect(await store.backlog()).toMatchObject({ waiting: 1 });
        for (const own of [PHONE, USER_ID])
          expect(await store.erase(own)).toMatchObject({ conversations: 0 });
      });

      it('is erased by the user id without the new owner of the number', async ({ store, accept }) => {
        await accept(message('hello', { person: { phone: PHONE, userId: USER_ID } }));
        await accept(message('hello', { person: { userId: 'US.9' } }));
        await accept(message('hello', { person: { phone: PHONE, userId: 'US.9' } }));
        expect(await store.erase(USER_ID)).toMatchObject({ conversations: 1 });
        expect(await store.erase('US.9')).toMatchObject({ conversations: 1 });
      });
    });
  });
}
