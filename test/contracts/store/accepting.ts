import { describe, expect } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import { AISHA, BILAL, message, NUMBER } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest, type Story } from './story.ts';

const conversationOf = async (accept: Story['accept'], person: Message['person'], number = NUMBER) =>
  (await accept(message('hello', { person, number }))).conversation;

/** What is stored, and in whose conversation. */
export function accepting(it: StoreTest): void {
  describe('accept', () => {
    it('stores a message once, however often it comes', async ({ store, accept }) => {
      const once = message();
      expect(await accept(once)).toMatchObject({ outcome: 'new' });
      expect(await accept(once)).toMatchObject({ outcome: 'waiting' });
      const { turn } = claimed(await store.claim((await accept(once)).conversation, LEASE));
      expect(turn.messages).toEqual([once]);
    });

    it('stores it once when it comes twice in one batch and in many at once', async ({ store }) => {
      const once = message();
      const batches = await Promise.all(Array.from({ length: 20 }, () => store.accept([once, once])));
      const outcomes = batches.flat().map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
    });

    it('answers done for a message that was answered, for 8 days', async ({
      store,
      clock,
      accept,
      finish,
    }) => {
      const once = message();
      await finish(once);
      clock.advance(8 * DAY);
      await store.forgetOld();
      expect(await accept(once)).toMatchObject({ outcome: 'done' });
    });

    it('keeps the same id on two channels apart', async ({ store }) => {
      await store.accept([message('a', { id: 'same' })]);
      const [other] = await store.accept([{ ...message('b', { id: 'same' }), channel: 'twilio' }]);
      expect(other).toMatchObject({ outcome: 'new' });
    });

    it('remembers a silent message and makes no work of it', async ({ store, accept }) => {
      const silent = message('', { content: { kind: 'silent', type: 'reaction' } });
      const { outcome, conversation } = await accept(silent);
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
      expect(await accept(silent)).toMatchObject({ outcome: 'done' });
    });

    it('keeps any text whole', async ({ claim }) => {
      const text = 'بِسْمِ اللهِ 👨‍👩‍👧 \u0000 " \\ \u202b end';
      const { turn } = await claim(message(text));
      expect(turn.messages[0]?.content).toEqual({ kind: 'text', text });
    });
  });

  describe('who a conversation is with', () => {
    it('is one conversation per person and number', async ({ accept }) => {
      const first = await conversationOf(accept, AISHA);
      expect(await conversationOf(accept, AISHA)).toBe(first);
      expect(await conversationOf(accept, BILAL)).not.toBe(first);
      expect(await conversationOf(accept, AISHA, '200000000000002')).not.toBe(first);
    });

    it('follows a person who hides the phone number, and one who shows it later', async ({ accept }) => {
      const first = await conversationOf(accept, { phone: '15550003333' });
      expect(await conversationOf(accept, { phone: '15550003333', userId: 'US.3' })).toBe(first);
      expect(await conversationOf(accept, { userId: 'US.3' })).toBe(first);
    });

    it('follows a changed identity that the platform announces, and sends to the new one', async ({
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

    it('learns nothing of a person from a message that it knows', async ({ store, accept }) => {
      const old = message('one', { person: { phone: '15550009999', userId: 'US.10' } });
      const moved = message('two', { person: { phone: '15550001010', userId: 'US.10' } });
      const { conversation: id } = await accept(old);
      await accept(moved);
      expect(await accept(old)).toEqual({ outcome: 'waiting', conversation: id });
      const { conversation } = claimed(await store.claim(id, LEASE));
      expect(conversation.person).toEqual({ phone: '15550001010', userId: 'US.10' });
    });

    it('keeps everything in order when a person shows a second identity while messages wait', async ({
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

    it('answers each message once when two people turn out to be one', async ({ store, accept }) => {
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
