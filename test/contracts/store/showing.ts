import { describe, expect } from 'vitest';
import type { Standing } from '#app/domain/conversation.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { AISHA, BILAL, message, NUMBER, status } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

const SECRET = 'a text that no operator reads';
const person = (n: number) => ({ phone: `1555000500${n}` });

/** Conversations as operators see them. */
export function showing(storeTest: StoreTest): void {
  const it = storeTest.extend(
    'idsOf',
    ({ store }) =>
      async (limit = 10) =>
        idsIn(await store.conversations(limit)),
  );

  describe('a shown conversation', () => {
    it('that waits says how many messages, and since when', async ({ store, clock, accept }) => {
      const since = clock.now();
      const { conversation } = await accept(message(SECRET));
      clock.advance(1_000);
      await accept(message(SECRET));
      expect(await store.conversation(conversation)).toEqual({
        conversation: expect.objectContaining({ id: conversation, number: NUMBER, person: AISHA }),
        ...{ lastAt: since + 1_000, waiting: 2, waitingSince: since },
      });
      expect(await store.conversation('nobody')).toBeUndefined();
      expect(await store.conversation('')).toBeUndefined();
    });

    it('that is answered shows its turn and the marks of its parts, never a text', async ({
      store,
      clock,
      claim,
    }) => {
      const asked = message(SECRET);
      const held = await claim(asked);
      const leaseUntil = clock.now() + LEASE;
      const id = held.lease.conversation;
      const turn = { id: held.turn.id, attempts: 1, messages: 1, newestAt: asked.sentAt, isOpen: true };
      expect(await store.conversation(id)).toMatchObject({ waiting: 0, leaseUntil, turn });
      expect((await store.conversation(id))?.turn).toEqual(turn);
      const [one, two] = await store.writeReply(held.lease, [SECRET, TEMPLATE], {});
      await store.markSending(held.lease, one?.key ?? '');
      const triedAt = clock.now();
      await store.markSent(held.lease, one?.key ?? '', 'wamid.1');
      const parts = [
        { key: one?.key, state: 'sent', triedAt, isTemplate: false },
        { key: two?.key, state: 'unsent', isTemplate: true },
      ];
      expect((await store.conversation(id))?.turn).toEqual({ ...turn, parts });
      const retryAt = clock.now() + 5_000;
      await store.release(held.lease, { retryAt, countAttempt: true });
      const released = await store.conversation(id);
      expect(released).toMatchObject({ retryAt, turn: { isOpen: true } });
      expect(released).not.toHaveProperty('leaseUntil');
      expect(JSON.stringify([released, await store.conversations(10)])).not.toContain(SECRET);
    });

    it('that was answered shows its newest turn, also when the text of a template is deleted', async ({
      store,
      claim,
      idsOf,
    }) => {
      const held = await claim(message());
      const [part] = await store.writeReply(held.lease, [TEMPLATE], {});
      const key = part?.key ?? '';
      await store.markSending(held.lease, key);
      await store.markSent(held.lease, key, `wamid.of-${key}`);
      await store.finish(held.lease);
      await store.recordStatuses([status(key, 'delivered')]);
      const shown = await store.conversation(held.lease.conversation);
      expect(shown).toMatchObject({
        waiting: 0,
        turn: {
          ...{ id: held.turn.id, messages: 0, isOpen: false },
          parts: [{ key, state: 'sent', progress: 'delivered', isTemplate: true }],
        },
      });
      for (const name of ['leaseUntil', 'retryAt', 'waitingSince', 'deadLetter'])
        expect(shown).not.toHaveProperty(name);
      expect(await idsOf()).toEqual([]);
    });

    it('shows a dead letter, also beside a newer turn, until it is redriven', async ({
      store,
      clock,
      giveUp,
      finish,
    }) => {
      const gaveUpAt = clock.now();
      const id = await giveUp(message(SECRET));
      const [{ turnId = '' } = {}] = await store.deadLetters(1);
      const deadLetter = { turnId, reason: 'poison', gaveUpAt };
      expect(await store.conversation(id)).toMatchObject({
        deadLetter,
        turn: { id: turnId, messages: 1, isOpen: false, gaveUpReason: 'poison', parts: [] },
      });
      clock.advance(1_000);
      await finish(message());
      const later = await store.conversation(id);
      expect(later).toMatchObject({ deadLetter, turn: { messages: 0, isOpen: false } });
      expect(later?.turn).not.toHaveProperty('gaveUpReason');
      await store.redrive(turnId);
      const redriven = await store.conversation(id);
      expect(redriven).toMatchObject({ waiting: 1, waitingSince: gaveUpAt });
      expect(redriven).not.toHaveProperty('deadLetter');
    });

    it('whose only turn was redriven shows the messages once', async ({ store, giveUp }) => {
      const id = await giveUp(message());
      await store.redrive((await store.deadLetters(1))[0]?.turnId ?? '');
      const shown = await store.conversation(id);
      expect(shown).toMatchObject({ waiting: 1 });
      expect(shown).not.toHaveProperty('turn');
    });
  });

  describe('the list of conversations', () => {
    it('has those with work, a dead letter, a hand-off that lasts or an opt-out, oldest first', async ({
      store,
      clock,
      claim,
      accept,
      giveUp,
      finish,
      answer,
      idsOf,
    }) => {
      const expected: string[] = [];
      const add = async (id: string | Promise<string>) => {
        expected.push(await id);
        clock.advance(1_000);
      };
      const stands = async (n: number, standing: Standing) => {
        const { lease } = await claim(message('?', { person: person(n) }));
        await store.writeReply(lease, ['!'], { standing });
        await store.finish(lease);
        return lease.conversation;
      };
      const now = clock.now();
      await add(giveUp(message('?', { person: AISHA })));
      await add((await claim(message('?', { person: BILAL }))).lease.conversation);
      await finish(message('?', { person: person(0) }));
      await add(stands(1, { optedOutAt: now }));
      const until = now + 60_000;
      await add(stands(2, { handOff: { by: 'operator', since: now, until } }));
      await stands(3, { handOff: { by: 'operator', since: now, until: now } });
      await stands(4, { noticeAt: now, inboundAt: now });
      await add((await accept(message('?', { person: person(5) }))).conversation);
      const failing = await claim(message('?', { person: person(6) }));
      const [part] = await answer(failing);
      await store.finish(failing.lease);
      await store.recordStatuses([status(part?.key ?? '', 'failed', { code: '131000' })]);
      await add(failing.lease.conversation);
      expect(await idsOf()).toEqual(expected);
      expect(await idsOf(2)).toEqual(expected.slice(0, 2));
      // A message is an event, and a hand-off ends by itself.
      const [first = ''] = expected;
      await accept(message('again', { person: AISHA }));
      clock.advance(60_000);
      const later = await idsOf();
      expect(later.at(-1)).toBe(first);
      expect(later).toHaveLength(expected.length - 1);
    });

    it('has none without work', async ({ finish, idsOf }) => {
      await finish(message());
      expect(await idsOf()).toEqual([]);
    });
  });

  describe('the conversations of a person', () => {
    it('are found by any identity, with all businesses, and nobody else', async ({
      store,
      clock,
      accept,
    }) => {
      const own = await accept(message());
      const clinic = await accept(message('?', { business: 'clinic' }));
      const other = await accept(message('?', { person: BILAL }));
      const expected = [own.conversation, clinic.conversation].toSorted();
      for (const name of [AISHA.phone, AISHA.userId])
        expect(idsIn(await store.conversationsOf(name ?? '')).toSorted()).toEqual(expected);
      expect(idsIn(await store.conversationsOf(BILAL.phone ?? ''))).toEqual([other.conversation]);
      expect(await store.conversationsOf('15550009999')).toEqual([]);
      await store.erase(AISHA.phone ?? '');
      expect(await store.conversationsOf(AISHA.phone ?? '')).toEqual([]);
      expect(await store.conversation(own.conversation)).toBeUndefined();
      clock.advance(LEASE);
      const { lease } = claimed(await store.claim(other.conversation, LEASE));
      expect(idsIn(await store.conversations(10))).toEqual([lease.conversation]);
    });
  });
}

function idsIn(shown: Awaited<ReturnType<ConversationStore['conversations']>>): string[] {
  return shown.map(({ conversation }) => conversation.id);
}
