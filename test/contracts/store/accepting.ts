import { describe, expect } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import { AISHA, BILAL, message, NUMBER } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreSteps, type StoreTest } from './store-test.ts';

const conversationOf = async (accept: StoreSteps['accept'], person: Message['person'], number = NUMBER) =>
  (await accept(message('hello', { person, number }))).conversation;

/** Which messages are stored, and in which conversation. */
export function accepting(it: StoreTest): void {
  describe('accept', () => {
    it('stores a message once, however often it is delivered', async ({ store, accept }) => {
      const once = message();
      expect(await accept(once)).toMatchObject({ outcome: 'new' });
      expect(await accept(once)).toMatchObject({ outcome: 'waiting' });
      const { turn } = claimed(await store.claim((await accept(once)).conversation, LEASE));
      expect(turn.messages).toEqual([once]);
    });

    it('stores a message once when it is twice in one batch and in concurrent batches', async ({ store }) => {
      const once = message();
      const batches = await Promise.all(Array.from({ length: 20 }, () => store.accept([once, once])));
      const outcomes = batches.flat().map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
    });

    it('returns done for an answered message, for 8 days', async ({ store, clock, accept, finish }) => {
      const once = message();
      await finish(once);
      clock.advance(8 * DAY);
      await store.forgetOld();
      expect(await accept(once)).toMatchObject({ outcome: 'done' });
    });

    it('distinguishes the same id on two channels', async ({ store }) => {
      await store.accept([message('a', { id: 'same' })]);
      const [other] = await store.accept([{ ...message('b', { id: 'same' }), channel: 'twilio' }]);
      expect(other).toMatchObject({ outcome: 'new' });
    });

    it('stores a message without a reply and creates no work for it', async ({ store, accept }) => {
      const reaction = message('', { content: { kind: 'silent', type: 'reaction' } });
      const { outcome, conversation } = await accept(reaction);
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
      expect(await accept(reaction)).toMatchObject({ outcome: 'done' });
    });

    it('stores any text unchanged', async ({ claim }) => {
      const text = 'بِسْمِ اللهِ 👨‍👩‍👧 \u0000 " \\ \u202b end';
      const { turn } = await claim(message(text));
      expect(turn.messages[0]?.content).toEqual({ kind: 'text', text });
    });
  });

  describe('the person of a conversation', () => {
    it('has one conversation per business number', async ({ accept }) => {
      const first = await conversationOf(accept, AISHA);
      expect(await conversationOf(accept, AISHA)).toBe(first);
      expect(await conversationOf(accept, BILAL)).not.toBe(first);
      expect(await conversationOf(accept, AISHA, '200000000000002')).not.toBe(first);
    });

    it('is recognised with and without the phone number', async ({ accept }) => {
      const first = await conversationOf(accept, { phone: '15550003333' });
      expect(await conversationOf(accept, { phone: '15550003333', userId: 'US.3' })).toBe(first);
      expect(await conversationOf(accept, { userId: 'US.3' })).toBe(first);
    });

    it('gets the new identity that the platform announces, and the replies go to it', async ({
      store,
      accept,
    }) => {
      const first = await conversationOf(accept, { phone: '15550004444', userId: 'US.4' });
      const moved = { phone: '15550005555', userId: 'US.5', formerly: ['15550004444', 'US.4'] };
      await accept(message('', { person: moved, content: { kind: 'silent', type: 'system' } }));
      expect(await conversationOf(accept, { userId: 'US.5' })).toBe(first);
      const { conversation } = claimed(await store.claim(first, LEASE));
      expect(conversation.person).toEqual({ phone: '15550005555', userId: 'US.5' });
      expect(conversation.assistantUserId).toBe('15550004444');
    });

    it('is not changed by a redelivered message', async ({ store, accept }) => {
      const old = message('one', { person: { phone: '15550009999', userId: 'US.10' } });
      const moved = message('two', { person: { phone: '15550001010', userId: 'US.10' } });
      const { conversation: id } = await accept(old);
      await accept(moved);
      expect(await accept(old)).toEqual({ outcome: 'waiting', conversation: id });
      const { conversation } = claimed(await store.claim(id, LEASE));
      expect(conversation.person).toEqual({ phone: '15550001010', userId: 'US.10' });
    });

    it('gets all messages in order when a second identity appears while messages wait', async ({
      store,
      accept,
    }) => {
      const first = message('one', { person: { userId: 'US.6' } });
      const { conversation } = await accept(first);
      const second = message('two', { person: { userId: 'US.6', phone: '15550006666' } });
      const third = message('three', { person: { phone: '15550006666' } });
      for (const next of [second, third]) expect((await accept(next)).conversation).toBe(conversation);
      const { turn } = claimed(await store.claim(conversation, LEASE));
      expect(turn.messages).toEqual([first, second, third]);
    });

    it('gets one answer per message when two persons turn out to be one', async ({ store, accept }) => {
      const byPhone = message('one', { person: { phone: '15550007777' } });
      const byUserId = message('two', { person: { userId: 'US.7' } });
      const byBoth = message('three', { person: { phone: '15550007777', userId: 'US.7' } });
      const ids = [];
      for (const one of [byPhone, byUserId, byBoth]) ids.push((await accept(one)).conversation);
      expect(await accept(byPhone)).toEqual({ outcome: 'waiting', conversation: ids[0] });
      const turns = [];
      for (const id of new Set(ids)) turns.push(claimed(await store.claim(id, LEASE)).turn.messages);
      expect(turns.flat()).toHaveLength(3);
      expect(turns).toEqual([[byPhone], [byUserId, byBoth]]);
    });
  });
}
