import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Progress } from '#app/domain/progress.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { message, status } from '../../fakes/messages.ts';
import { claimed, LEASE, raise, type StoreSteps, type StoreTest } from './store-test.ts';

/** A part whose send has started and not ended. */
async function sending(store: ConversationStore, claim: StoreSteps['claim']) {
  const held = await claim(message());
  const [part] = await store.writeReply(held.lease, ['one'], {});
  const key = part?.key ?? raise('no part');
  await store.markSending(held.lease, key);
  return { held, key };
}

/** The statuses of parts, in any order. */
export function statuses(it: StoreTest): void {
  describe('statuses', () => {
    it('end in the same state whatever their order and number', async ({ store, claim }) => {
      const reports: Progress[] = ['sent', 'delivered', 'read', 'failed'];
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([...reports, ...reports], { minLength: 4, maxLength: 8 }),
          async (order) => {
            const { held, key } = await sending(store, claim);
            for (const progress of order) await store.recordStatuses([status(key, progress)]);
            const [part] = await store.parts(held.lease);
            const furthest = ['read', 'delivered', 'failed', 'sent'].find((one) =>
              order.includes(one as Progress),
            );
            expect(part?.progress).toBe(furthest);
            await store.finish(held.lease);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('settle a send of unknown outcome and let the waiting turn continue', async ({
      store,
      clock,
      claim,
    }) => {
      const { held, key } = await sending(store, claim);
      await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
      expect((await store.recordStatuses([status(key, 'sent')])).conversations).toEqual([
        held.lease.conversation,
      ]);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn.parts?.[0]).toMatchObject({ state: 'sent', progress: 'sent' });
    });

    it('of a failed send of unknown outcome leave the part to the turn, with the code', async ({
      store,
      clock,
      claim,
    }) => {
      const { held, key } = await sending(store, claim);
      await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
      const settled = (await store.recordStatuses([status(key, 'failed', { code: '131026' })])).conversations;
      expect(settled).toEqual([held.lease.conversation]);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn.parts?.[0]).toMatchObject({ state: 'sending', progress: 'failed', code: '131026' });
    });

    it('may arrive before markSent, which does not undo them', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      expect((await store.recordStatuses([status(key, 'delivered')])).conversations).toEqual([
        held.lease.conversation,
      ]);
      await store.markSent(held.lease, key, `wamid.of-${key}`);
      expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent', progress: 'delivered' }]);
      expect((await store.recordStatuses([status(key, 'read')])).conversations).toEqual([]);
    });

    it('are matched by the platform id when they have no key', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      await store.markSent(held.lease, key, 'wamid.plain');
      const { key: _, ...keyless } = status('x', 'read', { platformId: 'wamid.plain' });
      await store.recordStatuses([keyless]);
      expect(await store.parts(held.lease)).toMatchObject([{ progress: 'read' }]);
    });

    it('of a part that was dropped with its turn change nothing', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      await store.markUnsent(held.lease, key);
      const parts = await store.giveUp(held.lease, 'attempts', ['Sorry.']);
      expect(parts.map(({ text }) => text)).toEqual(['Sorry.']);
      expect((await store.recordStatuses([status(key, 'delivered')])).conversations).toEqual([]);
      expect(await store.parts(held.lease)).toEqual(parts);
    });

    it('of failed parts reopen a finished turn, with its text, before waiting messages', async ({
      store,
      accept,
      claim,
      answer,
    }) => {
      const asked = message();
      const held = await claim(asked);
      const [{ key = '' } = {}] = await answer(held, ['one', 'two']);
      await store.finish(held.lease);
      const failed = [status(key, 'failed', { code: '131000' })];
      await accept(message('next'));
      for (const _ of ['first', 'again']) {
        expect((await store.recordStatuses(failed)).conversations).toEqual([held.lease.conversation]);
      }
      const { lease, turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      const { id, newestAt, reopened, attempt, messages } = turn;
      expect({ id, newestAt, reopened, attempt, messages }).toEqual({
        ...{ id: held.turn.id, newestAt: asked.sentAt, reopened: true, attempt: 1, messages: [] },
      });
      expect(turn.parts).toMatchObject([
        { key, text: 'one', state: 'sent', progress: 'failed', code: '131000', failures: ['131000'] },
        { text: 'two', state: 'sent' },
      ]);
      await store.markUnsent(lease, key);
      expect((await store.parts(lease))[0]).toMatchObject({ state: 'unsent', failures: ['131000'] });
      await store.markSending(lease, key);
      await store.markSent(lease, key, 'wamid.second');
      expect((await store.recordStatuses(failed)).conversations).toEqual([]);
      await store.recordStatuses([status(key, 'delivered', { platformId: 'wamid.second' })]);
      expect(await store.finish(lease)).toHaveProperty('waitingSince');
      const next = claimed(await store.claim(held.lease.conversation, LEASE)).turn;
      expect(next).toMatchObject({ messages: [{ content: { text: 'next' } }] });
      expect(next).not.toHaveProperty('reopened');
    });

    it('of an earlier send do not apply to a later one', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      const first = (progress: Progress) =>
        status(key, progress, { platformId: 'wamid.first', code: '131000' });
      await store.recordStatuses([first('failed')]);
      await store.markUnsent(held.lease, key);
      await store.markSending(held.lease, key);
      await store.recordStatuses([first('failed'), first('sent')]);
      const failures = ['131000'];
      expect(await store.parts(held.lease)).toEqual([
        expect.objectContaining({ state: 'sending', failures }),
      ]);
      expect((await store.parts(held.lease))[0]).not.toHaveProperty('progress');
      await store.recordStatuses([first('delivered')]);
      await store.markUnsent(held.lease, key);
      expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent', progress: 'delivered' }]);
    });

    it('of a failed earlier send do not change a later one that was sent', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      const late = status(key, 'failed', { platformId: 'wamid.lost', code: '131000' });
      await store.recordStatuses([late]);
      await store.markSent(held.lease, key, 'wamid.second');
      const [part] = await store.parts(held.lease);
      expect(part).toMatchObject({ state: 'sent' });
      expect(part).not.toHaveProperty('progress');
      expect(
        (await store.recordStatuses([status(key, 'failed', { platformId: 'wamid.third' })])).conversations,
      ).toEqual([]);
      expect(
        (await store.recordStatuses([status(key, 'failed', { platformId: 'wamid.second' })])).conversations,
      ).toEqual([held.lease.conversation]);
    });

    it('of an unknown part are ignored', async ({ store }) => {
      expect((await store.recordStatuses([status('never-sent', 'read')])).conversations).toEqual([]);
    });
  });
}
