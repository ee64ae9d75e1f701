import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Progress } from '../../../app/conversation/message.ts';
import type { ConversationStore } from '../../../app/ports.ts';
import { message, status } from '../../fakes/messages.ts';
import { claimed, LEASE, raise, type StoreTest, type Story } from './story.ts';

/** A part whose send began and has no end yet. */
async function sending(store: ConversationStore, claim: Story['claim']) {
  const held = await claim(message());
  const [part] = await store.writeReply(held.lease, ['one'], {});
  const key = part?.key ?? raise('no part');
  await store.markSending(held.lease, key);
  return { held, key };
}

/** What the platform says of parts, in any order. */
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

    it('settle an unknown send and let the resting turn go on', async ({ store, clock, claim }) => {
      const { held, key } = await sending(store, claim);
      await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
      expect(await store.recordStatuses([status(key, 'sent')])).toEqual([held.lease.conversation]);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn.parts?.[0]).toMatchObject({ state: 'sent', progress: 'sent' });
    });

    it('that say failed leave an unknown send for the turn to judge, with the code', async ({
      store,
      clock,
      claim,
    }) => {
      const { held, key } = await sending(store, claim);
      await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
      const settled = await store.recordStatuses([status(key, 'failed', { code: '131026' })]);
      expect(settled).toEqual([held.lease.conversation]);
      const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
      expect(turn.parts?.[0]).toMatchObject({ state: 'sending', progress: 'failed', code: '131026' });
    });

    it('may come before the send is marked, and the mark does not undo them', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      expect(await store.recordStatuses([status(key, 'delivered')])).toEqual([held.lease.conversation]);
      await store.markSent(held.lease, key, `wamid.of-${key}`);
      expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent', progress: 'delivered' }]);
      expect(await store.recordStatuses([status(key, 'read')])).toEqual([]);
    });

    it('are found by the platform id when the key does not come back', async ({ store, claim }) => {
      const { held, key } = await sending(store, claim);
      await store.markSent(held.lease, key, 'wamid.plain');
      const { key: _, ...keyless } = status('x', 'read', { platformId: 'wamid.plain' });
      await store.recordStatuses([keyless]);
      expect(await store.parts(held.lease)).toMatchObject([{ progress: 'read' }]);
    });

    it('of something that is not ours are no error', async ({ store }) => {
      expect(await store.recordStatuses([status('never-sent', 'read')])).toEqual([]);
    });
  });
}
