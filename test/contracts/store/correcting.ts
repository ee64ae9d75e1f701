import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { type Message, textOf } from '#app/domain/message.ts';
import { AISHA, BILAL, edit, message, revoke } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreSteps, type StoreTest } from './store-test.ts';

const IDLE = { claimed: false, because: 'idle' };
const NOTHING = { waiting: 0, deadLetters: 0 };

/** The text that the next turn of the conversation asks. */
const nextText = async (store: StoreSteps['store'], conversation: string) =>
  textOf(claimed(await store.claim(conversation, LEASE)).turn.messages);

/** Each message delivered twice, in any order. */
const deliveries = (messages: readonly Message[]) =>
  fc.shuffledSubarray([...messages, ...messages], { minLength: 2 * messages.length });

/** The same messages of another person, with other ids. */
function ofAnother(messages: readonly Message[], name: string): Message[] {
  const person = { userId: `US.${Buffer.from(name).toString('hex')}` };
  return messages.map((each) => {
    const { content } = each;
    const id = `${each.id} ${name}`;
    return {
      ...each,
      id,
      person,
      content: 'of' in content ? { ...content, of: `${content.of} ${name}` } : content,
    };
  });
}

/** Edits and revokes of messages. */
export function correcting(it: StoreTest): void {
  describe('an edit', () => {
    it('replaces the text of a waiting message, and creates no work of its own', async ({
      store,
      accept,
    }) => {
      const wrong = message('wrong word');
      const { conversation } = await accept(wrong);
      const right = edit(wrong, 'right word');
      expect(await accept(right)).toEqual({ outcome: 'done', conversation });
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      const { turn } = claimed(await store.claim(conversation, LEASE));
      expect(turn.messages).toMatchObject([
        { id: wrong.id, sentAt: wrong.sentAt, content: { kind: 'text', text: 'right word' } },
      ]);
    });

    it('replaces a message of any kind', async ({ store, accept }) => {
      const photo = message('', { content: { kind: 'unreadable', type: 'image' } });
      const text = message('a text');
      const { conversation } = await accept(photo);
      await accept(text);
      const image = { kind: 'unreadable', type: 'image' } as const;
      await store.accept([
        edit(photo, 'a caption'),
        { ...edit(text, ''), content: { kind: 'edit', of: text.id, content: image } },
      ]);
      const { turn } = claimed(await store.claim(conversation, LEASE));
      expect(turn.messages.map(({ content }) => content)).toEqual([
        { kind: 'text', text: 'a caption' },
        image,
      ]);
    });

    it('that is older does not undo a newer one, and a redelivered edit changes nothing', async ({
      store,
      accept,
    }) => {
      const first = message('first');
      const second = edit(first, 'second');
      const third = edit(first, 'third', { sentAt: second.sentAt + 1_000 });
      const { conversation } = await accept(first);
      for (const next of [third, second, third, second]) await accept(next);
      expect(await nextText(store, conversation)).toBe('third');
    });

    it('that arrives before its message replaces the text of the message when that arrives', async ({
      store,
      accept,
    }) => {
      const late = message('late');
      expect(await accept(edit(late, 'early'))).toMatchObject({ outcome: 'done' });
      expect(await store.backlog()).toEqual(NOTHING);
      expect(await store.due(10, 0)).toEqual([]);
      const { outcome, conversation } = await accept(late);
      expect(outcome).toBe('new');
      expect(await store.due(10, 0)).toEqual([conversation]);
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      expect(await accept(late)).toMatchObject({ outcome: 'waiting' });
      expect(await nextText(store, conversation)).toBe('early');
    });

    it('does not change a claimed message, also when the turn is retried', async ({
      store,
      clock,
      accept,
      claim,
    }) => {
      const asked = message('asked');
      const { lease, conversation } = await claim(asked);
      expect(await accept(edit(asked, 'too late'))).toMatchObject({ outcome: 'done' });
      await store.release(lease, { retryAt: clock.now(), countAttempt: true });
      expect(await nextText(store, conversation.id)).toBe('asked');
    });

    it('does not change an answered message', async ({ store, accept, finish }) => {
      const asked = message('asked');
      await finish(asked);
      const { outcome, conversation } = await accept(edit(asked, 'too late'));
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
      expect(await store.backlog()).toEqual(NOTHING);
    });
  });

  describe('a revoke', () => {
    it('removes a waiting message, and keeps the others', async ({ store, accept }) => {
      const [kept, deleted] = [message('kept'), message('deleted')];
      const { conversation } = await accept(kept);
      await accept(deleted);
      expect(await accept(revoke(deleted))).toEqual({ outcome: 'done', conversation });
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      expect(await accept(deleted)).toMatchObject({ outcome: 'done' });
      expect(await nextText(store, conversation)).toBe('kept');
    });

    it('of the only message leaves no work', async ({ store, accept }) => {
      const deleted = message('deleted');
      const { conversation } = await accept(deleted);
      await accept(revoke(deleted));
      expect(await store.backlog()).toEqual(NOTHING);
      expect(await store.due(10, 0)).toEqual([]);
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
    });

    it('during a turn leaves no work for the next turn', async ({ store, accept, claim, answer }) => {
      const held = await claim(message('first'));
      const deleted = message('deleted');
      await accept(deleted);
      await accept(revoke(deleted));
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      await answer(held);
      expect(await store.finish(held.lease)).toEqual({});
      expect(await store.due(10, 0)).toEqual([]);
    });

    it('that arrives before its message leaves no work when that arrives', async ({ store, accept }) => {
      const late = message('late');
      await accept(revoke(late));
      const { outcome, conversation } = await accept(late);
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
      expect(await store.backlog()).toEqual(NOTHING);
    });

    it('does not change a claimed message', async ({ store, clock, accept, claim }) => {
      const asked = message('asked');
      const { lease } = await claim(asked);
      await accept(revoke(asked));
      clock.advance(LEASE);
      expect(await nextText(store, lease.conversation)).toBe('asked');
    });

    it('removes a message of a redriven turn', async ({ store, accept, giveUp }) => {
      const poison = message('poison');
      const conversation = await giveUp(poison);
      const [letter] = await store.deadLetters(1);
      await store.redrive(letter?.turnId ?? '');
      await accept(revoke(poison));
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
    });
  });

  describe('corrections', () => {
    it('have the same result in every order, however often they are delivered', async ({ store }) => {
      const original = message('one');
      const edits = [1, 2, 3].map((seconds) =>
        edit(original, `edit ${seconds}`, { sentAt: original.sentAt + seconds * 1_000 }),
      );
      for (const [last, batch] of [
        ['edit 3', [original, ...edits]],
        ['nothing', [original, ...edits, revoke(original)]],
      ] as const) {
        let run = 0;
        const inAnyOrder = fc.asyncProperty(deliveries(batch), async (order) => {
          run += 1;
          const [first] = await store.accept(ofAnother(order, `${last} ${run}`));
          const claim = await store.claim(first?.conversation ?? '', LEASE);
          expect(claim.claimed ? textOf(claim.turn.messages) : 'nothing').toBe(last);
        });
        await fc.assert(inAnyOrder, { numRuns: 10 });
      }
    });

    it.for([
      ['before its message', true],
      ['after its message', false],
    ] as const)('by another person are ignored, %s', async ([, early], { store, accept }) => {
      const own = message('mine');
      const others = [edit(own, 'not mine', { person: BILAL }), revoke(own, { person: BILAL })];
      if (early) await store.accept(others);
      const { outcome, conversation } = await accept(own);
      if (!early) await store.accept(others);
      expect(outcome).toBe('new');
      expect(await nextText(store, conversation)).toBe('mine');
    });

    it('for another business number are ignored', async ({ store, accept }) => {
      const own = message('mine');
      const { conversation } = await accept(own);
      await accept(revoke(own, { number: '200000000000002' }));
      expect(await nextText(store, conversation)).toBe('mine');
    });

    it.for([
      ['before its message', true],
      ['after its message', false],
    ] as const)(
      'apply to a message from another identity of the same person, %s',
      async ([, early], { store, accept }) => {
        const phone = AISHA.phone ?? '';
        const userId = AISHA.userId ?? '';
        const { conversation } = await accept(message('I am both'));
        await accept(message('hidden', { person: { userId } }));
        const changed = message('changed', { person: { userId } });
        const deleted = message('deleted', { person: { userId } });
        const corrections = [
          edit(changed, 'right', { person: { phone } }),
          revoke(deleted, { person: { phone } }),
        ];
        if (early) await store.accept(corrections);
        await store.accept([changed, deleted]);
        if (!early) await store.accept(corrections);
        expect(await nextText(store, conversation)).toBe('I am both\nhidden\nright');
      },
    );

    it('during a claim give the turn either the old or the new text', async ({ store, clock, accept }) => {
      const original = message('old');
      const { conversation } = await accept(original);
      const [claim] = await Promise.all([store.claim(conversation, LEASE), accept(edit(original, 'new'))]);
      const asked = textOf(claimed(claim).turn.messages);
      expect(['old', 'new']).toContain(asked);
      clock.advance(LEASE);
      expect(['old', 'new']).toContain(await nextText(store, conversation));
    });

    it('that wait for their message are deleted with their text after its retention', async ({
      store,
      clock,
      accept,
    }) => {
      const late = message('late');
      await accept(edit(late, 'early'));
      clock.advance(8 * DAY);
      await store.forgetOld();
      const { conversation } = await accept(late);
      expect(await nextText(store, conversation)).toBe('late');
    });

    it('that wait for their message are erased with their person', async ({ store, accept }) => {
      const late = message('late');
      await accept(edit(late, 'early'));
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 1 });
      const { conversation } = await accept(late);
      const claim = await store.claim(conversation, LEASE);
      expect(claim.claimed && textOf(claim.turn.messages)).not.toBe('early');
      expect(await accept(edit(late, 'early', { id: 'again' }))).toMatchObject({ outcome: 'done' });
    });

    it('of a message of a person who was erased do not bring it back', async ({ store, accept }) => {
      const said = message('erased');
      await accept(said);
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 1 });
      await accept(edit(said, 'edited'));
      expect(await accept(said)).toMatchObject({ outcome: 'done' });
    });
  });
}
