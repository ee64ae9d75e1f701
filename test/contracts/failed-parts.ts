import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { statusError } from '#app/channels/meta/errors.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import { createWorld, DAY, HOUR, LEASE, REST } from './failed-parts/world.ts';

interface StoreUnderTest {
  readonly name: string;
  readonly open: (clock: SettableClock) => Promise<ConversationStore>;
}

/**
 * What follows when WhatsApp took a part and reports it as failed afterwards, with the real work over a real store.
 * Codes mean what Meta's mean. One store for all stories; each has a person of its own.
 */
export function failedPartsContract({ name, open }: StoreUnderTest): void {
  let clock: SettableClock;
  let opened: ConversationStore;
  let world: ReturnType<typeof createWorld>;
  beforeAll(async () => {
    clock = settableClock();
    opened = await open(clock);
  });
  afterAll(() => opened.close());
  beforeEach(() => {
    world = createWorld(opened, clock);
  });

  /** What a code means is the same in every store: the others see one of each kind. */
  const kinds = <Code>(codes: readonly Code[]) => (name === 'memory' ? codes : codes.slice(0, 1));

  describe(`a part that is reported as failed, ${name} store`, () => {
    it.each([
      ['131000', 'as soon as it was sent', 0, 'a', 'a a b c'],
      ['131053', 'when the next one was sent', 1, 'a b', 'a b a c'],
      ['999999', 'when all were sent, before the end', 2, 'a b c', 'a b c a'],
    ])('%s %s: is sent again, and nothing more before it', async (code, _, after, first, all) => {
      world.onSent(after, () => world.tell(0, 'failed', code));
      await world.ask();
      await world.look();
      expect(world.read()).toBe(first);
      await world.settle();
      expect(world.read()).toBe(all);
      expect(await world.letters()).toEqual([]);
    });

    it('before the answer of its send was written down: is sent again', async () => {
      world.beforeSent(0, () => world.tell(0, 'failed', '131000'));
      await world.ask();
      await world.settle();
      expect(world.read()).toBe('a a b c');
    });

    it.each(kinds(['131026', '131047', '131049', '130472', '368', '131030']))(
      '%s during its turn: a dead letter, the rest is not sent, and no apology',
      async (code) => {
        world.onSent(0, () => world.tell(0, 'failed', code));
        await world.ask();
        expect(await world.look()).toMatchObject({ outcome: 'buried', error: { code } });
        await world.settle();
        expect(world.read()).toBe('a');
        expect(await world.letters()).toMatchObject([{ reason: `refused: ${code}`, messages: 1 }]);
      },
    );

    const mendable = [
      ['131042', 'number-refused'],
      ['131037', 'number-refused'],
      ['133010', 'number-refused'],
      ['190', 'token-refused'],
    ] as const;
    it.each(kinds(mendable))(
      '%s: waits for an operator, however often it fails, and goes on',
      async (code, alarm) => {
        for (let failing = 0; failing < 5; failing += 1)
          world.onSent(failing, () => world.tell(failing, 'failed', code));
        await world.ask();
        for (let failing = 0; failing < 5; failing += 1) {
          expect(await world.look()).toMatchObject({ outcome: 'again', error: { code, alarm } });
          clock.advance(HOUR);
        }
        expect(await world.look()).toMatchObject({ outcome: 'answered' });
        expect(world.read()).toBe('a a a a a a b c');
      },
    );

    it('after its turn: is sent again before what was asked since', async () => {
      await world.ask();
      await world.settle();
      await world.ask('next');
      expect(await world.tell(1, 'failed', '131000')).toEqual([world.conversation()]);
      clock.advance(REST);
      expect(await opened.due(1000, 0)).toContain(world.conversation());
      expect(await world.look()).toMatchObject({ outcome: 'again', attempt: 1, error: { code: '131000' } });
      clock.advance(REST);
      expect(await world.look()).toMatchObject({ outcome: 'repeated', sent: 1 });
      await world.settle();
      expect(world.read()).toBe('a b c b next');
      expect(world.failuresSeen()).toEqual(['131000']);
      await world.tell(3, 'delivered');
      expect(await opened.due(1000, 0)).not.toContain(world.conversation());
    });

    it('after its turn, with nobody woken: the sweep finds it, and the backlog does not count it', async () => {
      await world.ask();
      await world.settle();
      const before = await opened.backlog();
      await world.tell(0, 'failed', '131000');
      clock.advance(REST);
      expect(await opened.due(1000, 0)).toContain(world.conversation());
      expect(await opened.backlog()).toEqual(before);
      await world.settle();
      expect(await opened.due(1000, 0)).not.toContain(world.conversation());
      expect(world.read()).toBe('a b c a');
    });

    it('after the next turn began: is sent again once that one is done', async () => {
      await world.ask();
      await world.settle();
      world.onSent(3, () => world.tell(0, 'failed', '131000'));
      await world.ask('next');
      await world.settle();
      expect(world.read()).toBe('a b c next a');
    });

    it('together with another one after its turn: both are sent again, in order', async () => {
      await world.ask();
      await world.settle();
      await world.tell(2, 'failed', '131000');
      await world.tell(0, 'failed', '131000');
      await world.settle();
      expect(world.read()).toBe('a b c a c');
    });

    it('of two turns: the older one goes first', async () => {
      await world.ask();
      await world.settle();
      clock.advance(1_000);
      await world.ask('next');
      await world.settle();
      await world.tell(3, 'failed', '131000');
      await world.tell(1, 'failed', '131000');
      await world.settle();
      expect(world.read()).toBe('a b c next b next');
    });

    it.each(['delivered', 'read'] as const)(
      'and then as %s: was not, and nothing is sent again',
      async (progress) => {
        await world.ask();
        await world.settle();
        await world.tell(0, 'failed', '131000');
        await world.tell(0, progress);
        await world.settle();
        await world.tell(1, 'failed', '131026');
        expect(await world.look()).toMatchObject({ outcome: 'buried' });
        expect(world.read()).toBe('a b c');
      },
    );

    it('and as delivered while it waits to be sent again: is not sent again', async () => {
      await world.ask();
      await world.settle();
      await world.tell(0, 'failed', '131000');
      expect(await world.look()).toMatchObject({ outcome: 'again' });
      await world.tell(0, 'delivered');
      await world.settle();
      expect(world.read()).toBe('a b c');
    });

    it('is counted once, however often and late its statuses come', async () => {
      await world.ask();
      await world.settle();
      for (let time = 0; time < 5; time += 1) await world.tell(0, 'failed', '131000');
      await world.settle();
      for (let time = 0; time < 5; time += 1) await world.tell(0, 'failed', '131000');
      await world.tell(0, 'sent');
      await world.settle();
      expect(world.read()).toBe('a b c a');
      expect(world.failuresSeen()).toEqual(['131000']);
    });

    it('until it is given up: a dead letter, sent back as the same words', async () => {
      await world.ask();
      await world.settle();
      for (const send of [1, 3, 4]) {
        await world.tell(send, 'failed', '131000');
        await world.settle();
      }
      expect(world.read()).toBe('a b c b b');
      expect(await world.letters()).toMatchObject([{ reason: 'refused: 131000', messages: 0 }]);
      const [{ turnId = '' } = {}] = await world.letters();
      expect(await opened.redrive(turnId)).toBe(world.conversation());
      expect(await opened.redrive(turnId)).toBeUndefined();
      await world.settle();
      expect(world.read()).toBe('a b c b b b');
      expect(await world.letters()).toEqual([]);
      expect(world.asked()).toBe(1);
    });

    it('for good after its turn: a dead letter with its code, and the next question is answered', async () => {
      await world.ask();
      await world.settle();
      await world.tell(2, 'failed', '131026');
      await world.ask('next');
      expect(await world.look()).toMatchObject({ outcome: 'buried', error: { code: '131026' } });
      await world.settle();
      expect(world.read()).toBe('a b c next');
      expect(await world.letters()).toMatchObject([{ reason: 'refused: 131026', messages: 0 }]);
    });

    it('too late to be answered: a dead letter, and it is not sent again', async () => {
      await world.ask();
      await world.settle();
      clock.advance(DAY + 1);
      await world.tell(0, 'failed', '131000');
      expect(await world.look()).toMatchObject({ outcome: 'buried' });
      await world.settle();
      expect(world.read()).toBe('a b c');
      expect(await world.letters()).toMatchObject([{ reason: 'refused: 131000' }]);
    });

    it('is sent again once by two workers at once, and by the one after a crash', async () => {
      await world.ask();
      await world.settle();
      await world.tell(0, 'failed', '131000');
      await Promise.all([world.look(), world.look()]);
      clock.advance(REST);
      expect(await opened.claim(world.conversation(), LEASE)).toMatchObject({ claimed: true });
      clock.advance(LEASE + 1);
      await Promise.all([world.look(), world.look()]);
      await world.settle();
      expect(world.read()).toBe('a b c a');
    });

    it('knows what it failed with when it is sent again', async () => {
      world.channel.failure = (_business, _to, codes) => statusError(codes.length > 1 ? '131026' : '131000');
      world.onSent(0, () => world.tell(0, 'failed', '131026'));
      world.onSent(1, () => world.tell(1, 'failed', '131026'));
      await world.ask();
      await world.settle();
      expect(world.channel.taken.map(({ part }) => part.failures)).toEqual([[], ['131026']]);
      expect(await world.letters()).toMatchObject([{ reason: 'refused: 131026' }]);
    });

    it('of an apology, of an erased person, of a turn that was sent back: changes nothing', async () => {
      world.onSent(0, () => world.tell(0, 'failed', '131026'));
      await world.ask();
      await world.settle();
      const [{ turnId = '' } = {}] = await world.letters();
      await opened.redrive(turnId);
      expect(await world.tell(0, 'failed', '131000')).toEqual([]);
      await world.settle();
      expect(world.read()).toBe('a a b c');

      world.refuse();
      await world.ask();
      await world.settle();
      expect(world.read()).toContain('Sorry');
      const apology = world.channel.taken.length - 1;
      expect(await world.tell(apology, 'failed', '131000')).toEqual([]);
      await world.settle();
      expect(world.channel.taken).toHaveLength(apology + 1);

      await opened.erase(world.phone);
      expect(await world.tell(1, 'failed', '131000')).toEqual([]);
      expect(await world.look()).toMatchObject({ outcome: 'idle' });
    });
  });
}
