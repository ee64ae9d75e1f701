import { describe, expect } from 'vitest';
import { AISHA, message, NUMBER, status } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

/** Replies, the states of their parts, and the facts that are stored with them. */
export function replying(it: StoreTest): void {
  describe('a reply', () => {
    it('is written once, and keeps the text of the first write', async ({ store, claim }) => {
      const held = await claim(message());
      const first = await store.writeReply(held.lease, ['one', 'two'], { language: 'en' });
      expect(first.map(({ text, state }) => ({ text, state }))).toEqual([
        { text: 'one', state: 'unsent' },
        { text: 'two', state: 'unsent' },
      ]);
      expect(await store.writeReply(held.lease, ['other'], {})).toEqual(first);
    });

    it('may have no parts', async ({ store, clock, claim }) => {
      const held = await claim(message());
      await store.writeReply(held.lease, [], {});
      clock.advance(LEASE + 1);
      expect(claimed(await store.claim(held.lease.conversation, LEASE)).turn.parts).toEqual([]);
    });

    it('returns the state of each part after a crash', async ({ store, clock, claim }) => {
      const held = await claim(message());
      const [one, two] = await store.writeReply(held.lease, ['one', 'two', 'three'], {});
      await store.markSending(held.lease, one?.key ?? '');
      await store.markSent(held.lease, one?.key ?? '', 'wamid.1');
      await store.markSending(held.lease, two?.key ?? '');
      const triedAt = clock.now();
      clock.advance(LEASE + 1);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn.parts?.map(({ state }) => state)).toEqual(['sent', 'sending', 'unsent']);
      expect(turn.parts?.[1]).toMatchObject({ text: 'two', triedAt });
    });

    it('has keys that are unique over all turns', async ({ store, claim, answer }) => {
      const first = await claim(message());
      const [a] = await answer(first);
      await store.finish(first.lease);
      const [b] = await answer(await claim(message()));
      expect(a?.key).not.toBe(b?.key);
    });

    it('marks a part as unsent when the send did not happen', async ({ store, claim }) => {
      const held = await claim(message());
      const [part] = await store.writeReply(held.lease, ['one'], {});
      await store.markSending(held.lease, part?.key ?? '');
      await store.markUnsent(held.lease, part?.key ?? '');
      expect(await store.parts(held.lease)).toMatchObject([{ state: 'unsent' }]);
    });

    it('does not mark a part as unsent when a status has confirmed the send', async ({ store, claim }) => {
      const held = await claim(message());
      const [part] = await store.writeReply(held.lease, ['one'], {});
      await store.markSending(held.lease, part?.key ?? '');
      await store.recordStatuses([status(part?.key ?? '', 'sent')]);
      await store.markUnsent(held.lease, part?.key ?? '');
      expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent' }]);
    });

    it('stores facts about the conversation', async ({ store, clock, claim }) => {
      const held = await claim(message());
      await store.remember(held.lease, { language: 'ar', registered: true });
      await store.writeReply(held.lease, ['x'], { thread: { id: 't1', lastAt: 5 } });
      // Omitted facts stay.
      await store.remember(held.lease, { registered: true });
      clock.advance(LEASE + 1);
      expect(claimed(await store.claim(held.lease.conversation, LEASE)).conversation).toMatchObject({
        language: 'ar',
        registered: true,
        thread: { id: 't1', lastAt: 5 },
        assistantUserId: AISHA.phone,
        channel: 'meta',
        number: NUMBER,
      });
    });

    it('stores the question of a thread until another state of the thread is written', async ({
      store,
      clock,
      claim,
    }) => {
      const held = await claim(message());
      const asked = { turn: held.turn.id, before: 3, at: 5, empty: 1, failed: true };
      await store.remember(held.lease, { thread: { id: 't1', lastAt: 5, asked } });
      await store.remember(held.lease, { language: 'ar' });
      clock.advance(LEASE + 1);
      const second = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(second.conversation.thread).toEqual({ id: 't1', lastAt: 5, asked });
      await store.writeReply(second.lease, ['x'], { thread: { id: 't1', lastAt: 6, questions: 4 } });
      clock.advance(LEASE + 1);
      const third = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(third.conversation.thread).toEqual({ id: 't1', lastAt: 6, questions: 4 });
      await store.remember(third.lease, { thread: { id: 't2', lastAt: 7 } });
      clock.advance(LEASE + 1);
      const fourth = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(fourth.conversation.thread).toEqual({ id: 't2', lastAt: 7 });
    });

    it('stores how often a person has asked, before and with a reply', async ({ store, clock, claim }) => {
      const held = await claim(message());
      const again = async () => {
        clock.advance(LEASE + 1);
        return claimed(await store.claim(held.lease.conversation, LEASE));
      };
      const questions = { since: 1_790_000_000_000, count: 1, turn: held.turn.id, toldAt: 0 };
      await store.remember(held.lease, { questions });
      const second = await again();
      expect(second.conversation.questions).toEqual(questions);
      await store.remember(second.lease, { language: 'ar' });
      await store.writeReply(second.lease, ['x'], { questions: { ...questions, toldAt: 1_790_000_000_001 } });
      const third = await again();
      expect(third.conversation.questions).toEqual({ ...questions, toldAt: 1_790_000_000_001 });
    });
  });
}
