import { describe, expect } from 'vitest';
import { AISHA, message, status } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

/** Dead letters that an operator looks at and deletes. */
export function dropping(it: StoreTest): void {
  describe('a dead letter', () => {
    it('is shown with its attempts, times and parts, and with texts only when they are asked for', async ({
      store,
      clock,
      claim,
    }) => {
      const asked = message('what is wrong?', { person: AISHA });
      const { lease } = await claim(asked);
      await store.release(lease, { retryAt: clock.now(), countAttempt: true });
      const again = claimed(await store.claim(lease.conversation, LEASE));
      await store.giveUp(again.lease, 'attempts: 503', ['I am sorry.']);
      await store.release(again.lease, { retryAt: clock.now(), countAttempt: true });
      const last = claimed(await store.claim(lease.conversation, LEASE));
      const [part] = await store.parts(last.lease);
      await store.markSending(last.lease, part?.key ?? '');
      await store.markSent(last.lease, part?.key ?? '', 'wamid.apology');
      await store.finish(last.lease);

      const turnId = last.turn.id;
      const shown = await store.deadLetter(turnId);
      expect(shown).toMatchObject({
        ...{ turnId, conversation: lease.conversation, reason: 'attempts: 503', attempts: 2 },
        ...{ messages: 1, newestAt: asked.sentAt, gaveUpAt: clock.now() },
        parts: [{ key: part?.key, state: 'sent', isTemplate: false }],
      });
      expect(JSON.stringify(shown)).not.toMatch(/what is wrong|I am sorry/);
      expect(await store.deadLetterTexts(turnId)).toEqual({
        messages: [asked],
        parts: [{ key: part?.key, text: 'I am sorry.' }],
      });
      for (const unknown of [`${turnId}0`, '', lease.conversation]) {
        expect(await store.deadLetter(unknown)).toBeUndefined();
        expect(await store.deadLetterTexts(unknown)).toBeUndefined();
      }
    });

    it('that was dropped is answered by nobody, not even when it is delivered or redriven again', async ({
      store,
      accept,
      giveUp,
    }) => {
      const asked = message('a secret');
      const conversation = await giveUp(asked);
      const [deadLetter] = await store.deadLetters(10);
      const turnId = deadLetter?.turnId ?? '';
      expect(await store.drop(turnId)).toBe(conversation);
      expect(await store.drop(turnId)).toBeUndefined();
      expect(await store.redrive(turnId)).toBeUndefined();
      expect(await store.deadLetters(10)).toEqual([]);
      expect(await store.deadLetterTexts(turnId)).toBeUndefined();
      expect(await accept(asked)).toMatchObject({ outcome: 'done' });
      expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
      expect(await store.due(10, 0)).toEqual([]);
      expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
      await store.purge();
      expect(await store.search(['a secret'])).toMatchObject({ found: [] });
    });

    it('that was dropped leaves what the person writes next as it is', async ({ store, accept, giveUp }) => {
      const conversation = await giveUp(message('poison'));
      const next = message('next');
      await accept(next);
      const [deadLetter] = await store.deadLetters(10);
      await store.drop(deadLetter?.turnId ?? '');
      expect(claimed(await store.claim(conversation, LEASE)).turn.messages).toEqual([next]);
    });

    it('is not dropped while its apology is not sent', async ({ store, clock, claim }) => {
      const { lease, turn } = await claim(message());
      await store.giveUp(lease, 'poison', ['I am sorry.']);
      expect(await store.drop(turn.id)).toBeUndefined();
      await store.release(lease, { retryAt: clock.now(), countAttempt: true });
      expect(await store.drop(turn.id)).toBeUndefined();
      expect(claimed(await store.claim(lease.conversation, LEASE)).turn.parts).toMatchObject([
        { text: 'I am sorry.' },
      ]);
    });

    it('of a reply that failed later is dropped with its parts', async ({ store, claim, answer }) => {
      const held = await claim(message());
      const [part] = await answer(held, ['The answer.']);
      await store.finish(held.lease);
      const key = part?.key ?? '';
      await store.recordStatuses([status(key, 'failed', { code: '131000' })]);
      const again = claimed(await store.claim(held.lease.conversation, LEASE));
      await store.giveUp(again.lease, 'refused: 131000', []);
      await store.finish(again.lease);
      expect(await store.deadLetters(10)).toMatchObject([{ turnId: held.turn.id, messages: 0 }]);
      expect(await store.drop(held.turn.id)).toBe(held.lease.conversation);
      expect(await store.claim(held.lease.conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
      await store.purge();
      expect(await store.search(['The answer.'])).toMatchObject({ found: [] });
    });
  });
}
