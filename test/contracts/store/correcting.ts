import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { type Message, textOf } from '#app/domain/message.ts';
import { AISHA, BILAL, edit, message, revoke } from '../../fakes/messages.ts';
import { claimed, DAY, LEASE, type StoreTest, type Story } from './story.ts';

const IDLE = { claimed: false, because: 'idle' };
const NOTHING = { waiting: 0, deadLetters: 0 };

/** What the next turn of the conversation asks. */
const nextWords = async (store: Story['store'], conversation: string) =>
  textOf(claimed(await store.claim(conversation, LEASE)).turn.messages);

/** Each of the messages delivered once and then again, in an order of its own. */
const deliveries = (messages: readonly Message[]) =>
  fc.shuffledSubarray([...messages, ...messages], { minLength: 2 * messages.length });

/** The same messages of another person, under ids of their own. */
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
    it('replaces the words of a message that waits, and makes no work of its own', async ({
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

    it('that is older does not undo a newer one, and one that comes again changes nothing', async ({
      store,
      accept,
    }) => {
      const first = message('first');
      const second = edit(first, 'second');
      const third = edit(first, 'third', { sentAt: second.sentAt + 1_000 });
      const { conversation } = await accept(first);
      for (const next of [third, second, third, second]) await accept(next);
      expect(await nextWords(store, conversation)).toBe('third');
    });

    it('that comes before its message is what the message says when it comes', async ({ store, accept }) => {
      const late = message('late');
      expect(await accept(edit(late, 'early'))).toMatchObject({ outcome: 'done' });
      expect(await store.backlog()).toEqual(NOTHING);
      expect(await store.due(10, 0)).toEqual([]);
      const { outcome, conversation } = await accept(late);
      expect(outcome).toBe('new');
      expect(await store.due(10, 0)).toEqual([conversation]);
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      expect(await accept(late)).toMatchObject({ outcome: 'waiting' });
      expect(await nextWords(store, conversation)).toBe('early');
    });

    it('leaves alone what a turn has taken, also when the turn begins again', async ({
      store,
      clock,
      accept,
      claim,
    }) => {
      const asked = message('asked');
      const { lease, conversation } = await claim(asked);
      expect(await accept(edit(asked, 'too late'))).toMatchObject({ outcome: 'done' });
      await store.release(lease, { retryAt: clock.now(), countAttempt: true });
      expect(await nextWords(store, conversation.id)).toBe('asked');
    });

    it('leaves alone what is answered', async ({ store, accept, finish }) => {
      const asked = message('asked');
      await finish(asked);
      const { outcome, conversation } = await accept(edit(asked, 'too late'));
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
      expect(await store.backlog()).toEqual(NOTHING);
    });
  });

  describe('a revoke', () => {
    it('takes a message that waits out, and leaves its neighbours', async ({ store, accept }) => {
      const [kept, deleted] = [message('kept'), message('deleted')];
      const { conversation } = await accept(kept);
      await accept(deleted);
      expect(await accept(revoke(deleted))).toEqual({ outcome: 'done', conversation });
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      expect(await accept(deleted)).toMatchObject({ outcome: 'done' });
      expect(await nextWords(store, conversation)).toBe('kept');
    });

    it('of the only message leaves no work', async ({ store, accept }) => {
      const deleted = message('deleted');
      const { conversation } = await accept(deleted);
      await accept(revoke(deleted));
      expect(await store.backlog()).toEqual(NOTHING);
      expect(await store.due(10, 0)).toEqual([]);
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
    });

    it('during a turn leaves the next one no work', async ({ store, accept, claim, answer }) => {
      const held = await claim(message('first'));
      const deleted = message('deleted');
      await accept(deleted);
      await accept(revoke(deleted));
      expect(await store.backlog()).toMatchObject({ waiting: 1 });
      await answer(held);
      expect(await store.finish(held.lease)).toEqual({});
      expect(await store.due(10, 0)).toEqual([]);
    });

    it('that comes before its message leaves nothing to answer when it comes', async ({ store, accept }) => {
      const late = message('late');
      await accept(revoke(late));
      const { outcome, conversation } = await accept(late);
      expect(outcome).toBe('done');
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
      expect(await store.backlog()).toEqual(NOTHING);
    });

    it('leaves alone what a turn has taken', async ({ store, clock, accept, claim }) => {
      const asked = message('asked');
      const { lease } = await claim(asked);
      await accept(revoke(asked));
      clock.advance(LEASE);
      expect(await nextWords(store, lease.conversation)).toBe('asked');
    });

    it('takes out a message that an operator sent back', async ({ store, accept, giveUp }) => {
      const poison = message('poison');
      const conversation = await giveUp(poison);
      const [letter] = await store.deadLetters(1);
      await store.redrive(letter?.turnId ?? '');
      await accept(revoke(poison));
      expect(await store.claim(conversation, LEASE)).toEqual(IDLE);
    });
  });

  describe('corrections', () => {
    it('come to the same in every order, however often they come', async ({ store }) => {
      const said = message('one');
      const edits = [1, 2, 3].map((seconds) =>
        edit(said, `edit ${seconds}`, { sentAt: said.sentAt + seconds * 1_000 }),
      );
      for (const [last, batch] of [
        ['edit 3', [said, ...edits]],
        ['nothing', [said, ...edits, revoke(said)]],
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
    ] as const)('are made by no other person, %s', async ([, early], { store, accept }) => {
      const own = message('mine');
      const others = [edit(own, 'not mine', { person: BILAL }), revoke(own, { person: BILAL })];
      if (early) await store.accept(others);
      const { outcome, conversation } = await accept(own);
      if (!early) await store.accept(others);
      expect(outcome).toBe('new');
      expect(await nextWords(store, conversation)).toBe('mine');
    });

    it('are made for no other business number', async ({ store, accept }) => {
      const own = message('mine');
      const { conversation } = await accept(own);
      await accept(revoke(own, { number: '200000000000002' }));
      expect(await nextWords(store, conversation)).toBe('mine');
    });

    it.for([
      ['before its message', true],
      ['after its message', false],
    ] as const)(
      'reach a message of another identity of the person, %s',
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
        expect(await nextWords(store, conversation)).toBe('I am both\nhidden\nright');
      },
    );

    it('at the moment of a claim leave the turn the old words or the new, and keep them', async ({
      store,
      clock,
      accept,
    }) => {
      const said = message('old');
      const { conversation } = await accept(said);
      const [claim] = await Promise.all([store.claim(conversation, LEASE), accept(edit(said, 'new'))]);
      const asked = textOf(claimed(claim).turn.messages);
      expect(['old', 'new']).toContain(asked);
      clock.advance(LEASE);
      expect(['old', 'new']).toContain(await nextWords(store, conversation));
    });

    it('that wait for their message are forgotten after its time, and their words with them', async ({
      store,
      clock,
      accept,
    }) => {
      const late = message('late');
      await accept(edit(late, 'early'));
      clock.advance(8 * DAY);
      await store.forgetOld();
      const { conversation } = await accept(late);
      expect(await nextWords(store, conversation)).toBe('late');
    });

    it('that wait for their message are erased with their person', async ({ store, accept }) => {
      const late = message('late');
      await accept(edit(late, 'early'));
      expect(await store.erase(AISHA.phone ?? '')).toBe(1);
      const { conversation } = await accept(late);
      const claim = await store.claim(conversation, LEASE);
      expect(claim.claimed && textOf(claim.turn.messages)).not.toBe('early');
      expect(await accept(edit(late, 'early', { id: 'again' }))).toMatchObject({ outcome: 'done' });
    });

    it('of a message of a person who was erased do not bring it back', async ({ store, accept }) => {
      const said = message('erased');
      await accept(said);
      expect(await store.erase(AISHA.phone ?? '')).toBe(1);
      await accept(edit(said, 'edited'));
      expect(await accept(said)).toMatchObject({ outcome: 'done' });
    });
  });
}
