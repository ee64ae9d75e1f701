import { describe, expect } from 'vitest';
import { LeaseLost } from '#app/domain/errors.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import { AISHA, BILAL, message, status } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest } from './store-test.ts';

const thread = (questions: number) => ({ thread: { id: 'thread-1', lastAt: 5, questions } });

/** Parts of earlier replies that a person quotes. */
export function quoting(storeTest: StoreTest): void {
  /** Answers a question of Aisha with these parts, sent as `wamid.of-<key>`. Resolves to their platform ids. */
  const it = storeTest.extend(
    'replied',
    ({ store, claim }) =>
      async (texts: readonly string[], questions?: number) => {
        const { lease } = await claim(message());
        const parts = await store.writeReply(lease, texts, questions === undefined ? {} : thread(questions));
        for (const { key } of parts) {
          await store.markSending(lease, key);
          await store.markSent(lease, key, `wamid.of-${key}`);
        }
        await store.finish(lease);
        return parts.map(({ key }) => `wamid.of-${key}`);
      },
  );

  describe('a quoted part', () => {
    it('has its text, its position and the question that it answers', async ({ store, claim, replied }) => {
      const [one = '', two = ''] = await replied(['one', 'two'], 3);
      const [notice = ''] = await replied(['We are closed.']);
      const { lease } = await claim(message());
      const answers = { id: 'thread-1', question: 3 };
      expect(await store.quoted(lease, one)).toEqual({ text: 'one', position: 0, thread: answers });
      expect(await store.quoted(lease, two)).toEqual({ text: 'two', position: 1, thread: answers });
      expect(await store.quoted(lease, notice)).toEqual({ text: 'We are closed.', position: 0 });
      expect(await store.quoted(lease, 'wamid.of-something-else')).toBeUndefined();
    });

    it('has no question while none is answered, or in an apology', async ({ store, clock, claim }) => {
      const { lease, turn } = await claim(message());
      const facts = { thread: { id: 'thread-1', lastAt: 5, asked: asked(turn.id) } };
      const [part] = await store.writeReply(lease, ['one', 'two'], facts);
      await store.markSending(lease, part?.key ?? '');
      await store.markSent(lease, part?.key ?? '', 'wamid.one');
      expect(await store.quoted(lease, 'wamid.one')).toEqual({ text: 'one', position: 0 });
      await store.finish(lease);
      const second = await claim(message());
      await store.writeReply(second.lease, ['three'], thread(2));
      const parts = await store.giveUp(second.lease, 'poison', ['Sorry.']);
      const apology = parts.at(-1)?.key ?? '';
      await store.markSending(second.lease, apology);
      await store.markSent(second.lease, apology, 'wamid.sorry');
      clock.advance(LEASE + 1);
      const { lease: third } = claimed(await store.claim(lease.conversation, LEASE));
      expect(await store.quoted(third, 'wamid.sorry')).toEqual({ text: 'Sorry.', position: 1 });
    });

    it('is known without its text once that was delivered, for 8 days', async ({
      store,
      clock,
      claim,
      replied,
    }) => {
      const [one = '', two = ''] = await replied(['one', 'two'], 1);
      const key = one.slice('wamid.of-'.length);
      await store.recordStatuses([status(key, 'delivered')]);
      const { lease } = await claim(message());
      const answers = { id: 'thread-1', question: 1 };
      expect(await store.quoted(lease, one)).toEqual({ position: 0, thread: answers });
      await store.finish(lease);
      clock.advance(8 * DAY);
      await store.forgetOld();
      const { lease: later } = await claim(message());
      expect(await store.quoted(later, one)).toEqual({ position: 0, thread: answers });
      // The text of what was never delivered is kept for 7 days.
      expect(await store.quoted(later, two)).toEqual({ position: 1, thread: answers });
    });

    it('is found when only a status says its id', async ({ store, claim }) => {
      const { lease } = await claim(message());
      const [part] = await store.writeReply(lease, ['one'], thread(1));
      const key = part?.key ?? '';
      await store.markSending(lease, key);
      await store.recordStatuses([status(key, 'sent', { platformId: 'wamid.lost' })]);
      expect(await store.quoted(lease, 'wamid.lost')).toMatchObject({ position: 0, text: 'one' });
    });

    it('that is a template has no text', async ({ store, claim, replied }) => {
      const [id = ''] = await replied([TEMPLATE]);
      const { lease } = await claim(message());
      expect(await store.quoted(lease, id)).toEqual({ position: 0 });
    });

    it('of somebody else, or of another business, is not found', async ({ store, claim, replied }) => {
      const [id = ''] = await replied(['for her eyes only'], 1);
      for (const parts of [{ person: BILAL }, { person: AISHA, business: 'clinic' }]) {
        const { lease } = await claim(message('quoting', parts));
        expect(await store.quoted(lease, id)).toBeUndefined();
      }
    });

    it('needs the lease, and goes with its person', async ({ store, clock, claim, replied }) => {
      const [id = ''] = await replied(['one'], 1);
      const held = await claim(message());
      clock.advance(LEASE + 1);
      await store.claim(held.lease.conversation, LEASE);
      await expect(store.quoted(held.lease, id)).rejects.toThrow(LeaseLost);
      await store.erase(AISHA.phone ?? '');
      const { lease } = await claim(message('I am back'));
      expect(await store.quoted(lease, id)).toBeUndefined();
    });
  });
}

function asked(turn: string) {
  return { turn, before: 0, at: 5, empty: 0, failed: false };
}
