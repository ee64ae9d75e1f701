import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { statusError } from '#app/channels/meta/errors.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import { createScenario, DAY, HOUR, LEASE, MAX_BACKOFF } from './failed-parts/scenario.ts';

interface StoreUnderTest {
  readonly name: string;
  readonly open: (clock: SettableClock) => Promise<ConversationStore>;
}

/**
 * The behaviour when WhatsApp accepts a part and reports it as failed afterwards, with the real work over a real store.
 * Codes are Meta's. All tests share one store; each has its own person.
 */
export function failedPartsContract({ name, open }: StoreUnderTest): void {
  let clock: SettableClock;
  let store: ConversationStore;
  let scenario: ReturnType<typeof createScenario>;
  beforeAll(async () => {
    clock = settableClock();
    store = await open(clock);
  });
  afterAll(() => store.close());
  beforeEach(() => {
    scenario = createScenario(store, clock);
  });

  /** The meaning of a code does not depend on the store, so the other stores test one of each kind. */
  const kinds = <Code>(codes: readonly Code[]) => (name === 'memory' ? codes : codes.slice(0, 1));

  describe(`a part that is reported as failed, ${name} store`, () => {
    it.each([
      ['131000', 'directly after its send', 0, 'a', 'a a b c'],
      ['131053', 'after the send of the next part', 1, 'a b', 'a b a c'],
      ['999999', 'after all sends, before the turn ends', 2, 'a b c', 'a b c a'],
    ])('%s %s: is sent again before any other part', async (code, _, after, first, all) => {
      scenario.afterSent(after, () => scenario.report(0, 'failed', code));
      await scenario.ask();
      await scenario.wake();
      expect(scenario.sentParts()).toBe(first);
      await scenario.settle();
      expect(scenario.sentParts()).toBe(all);
      expect(await scenario.deadLetters()).toEqual([]);
    });

    it('before its send is marked as sent: is sent again', async () => {
      scenario.beforeSent(0, () => scenario.report(0, 'failed', '131000'));
      await scenario.ask();
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a a b c');
    });

    it.each(kinds(['131026', '131049', '130472', '368', '131030']))(
      '%s during its turn: becomes a dead letter, without the other parts and without an apology',
      async (code) => {
        scenario.afterSent(0, () => scenario.report(0, 'failed', code));
        await scenario.ask();
        expect(await scenario.wake()).toMatchObject({ outcome: 'buried', error: { code } });
        await scenario.settle();
        expect(scenario.sentParts()).toBe('a');
        expect(await scenario.deadLetters()).toMatchObject([{ reason: `refused: ${code}`, messages: 1 }]);
      },
    );

    it('because the person has not written for 24 hours: becomes a dead letter, and no text is sent', async () => {
      scenario.afterSent(0, () => scenario.report(0, 'failed', '131047'));
      await scenario.ask();
      expect(await scenario.wake()).toMatchObject({ outcome: 'buried', error: { code: 'outside-window' } });
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a');
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: outside-window' }]);
    });

    it('because the person has not written for 24 hours: the rest of its reply is replaced by a template', async () => {
      scenario.channel.hasTemplate = () => true;
      scenario.afterSent(0, () => scenario.report(0, 'failed', '131047'));
      await scenario.ask();
      await scenario.settle();
      expect(scenario.channel.sent.map(({ part }) => part.text === TEMPLATE)).toEqual([false, true]);
      await scenario.report(1, 'delivered');
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: outside-window' }]);
    });

    const operatorCodes = [
      ['131042', 'number-refused'],
      ['131037', 'number-refused'],
      ['133010', 'number-refused'],
      ['190', 'token-refused'],
    ] as const;
    it.each(kinds(operatorCodes))(
      '%s: waits for an operator, however often it fails, then continues',
      async (code, alarm) => {
        for (let failing = 0; failing < 5; failing += 1)
          scenario.afterSent(failing, () => scenario.report(failing, 'failed', code));
        await scenario.ask();
        for (let failing = 0; failing < 5; failing += 1) {
          expect(await scenario.wake()).toMatchObject({ outcome: 'again', error: { code, alarm } });
          clock.advance(HOUR);
        }
        expect(await scenario.wake()).toMatchObject({ outcome: 'answered' });
        expect(scenario.sentParts()).toBe('a a a a a a b c');
      },
    );

    it('after its turn: is sent again before later messages are answered', async () => {
      await scenario.ask();
      await scenario.settle();
      await scenario.ask('next');
      expect(await scenario.report(1, 'failed', '131000')).toEqual([scenario.conversation()]);
      clock.advance(MAX_BACKOFF);
      expect(await store.due(1000, 0)).toContain(scenario.conversation());
      expect(await scenario.wake()).toMatchObject({
        outcome: 'again',
        attempt: 1,
        error: { code: '131000' },
      });
      clock.advance(MAX_BACKOFF);
      expect(await scenario.wake()).toMatchObject({ outcome: 'repeated', sent: 1 });
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c b next');
      expect(scenario.failuresSeen()).toEqual(['131000']);
      await scenario.report(3, 'delivered');
      expect(await store.due(1000, 0)).not.toContain(scenario.conversation());
    });

    it('after its turn, without a wake-up: is found by the sweep, and is not counted in the backlog', async () => {
      await scenario.ask();
      await scenario.settle();
      const before = await store.backlog();
      await scenario.report(0, 'failed', '131000');
      clock.advance(MAX_BACKOFF);
      expect(await store.due(1000, 0)).toContain(scenario.conversation());
      expect(await store.backlog()).toEqual(before);
      await scenario.settle();
      expect(await store.due(1000, 0)).not.toContain(scenario.conversation());
      expect(scenario.sentParts()).toBe('a b c a');
    });

    it('during the next turn: is sent again when that turn has ended', async () => {
      await scenario.ask();
      await scenario.settle();
      scenario.afterSent(3, () => scenario.report(0, 'failed', '131000'));
      await scenario.ask('next');
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c next a');
    });

    it('together with another part, after their turn: both are sent again, in order', async () => {
      await scenario.ask();
      await scenario.settle();
      await scenario.report(2, 'failed', '131000');
      await scenario.report(0, 'failed', '131000');
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c a c');
    });

    it('in two turns: the part of the older turn is sent first', async () => {
      await scenario.ask();
      await scenario.settle();
      clock.advance(1_000);
      await scenario.ask('next');
      await scenario.settle();
      await scenario.report(3, 'failed', '131000');
      await scenario.report(1, 'failed', '131000');
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c next b next');
    });

    it.each(['delivered', 'read'] as const)('and then as %s: is not sent again', async (progress) => {
      await scenario.ask();
      await scenario.settle();
      await scenario.report(0, 'failed', '131000');
      await scenario.report(0, progress);
      await scenario.settle();
      await scenario.report(1, 'failed', '131026');
      expect(await scenario.wake()).toMatchObject({ outcome: 'buried' });
      expect(scenario.sentParts()).toBe('a b c');
    });

    it('and as delivered during the back-off: is not sent again', async () => {
      await scenario.ask();
      await scenario.settle();
      await scenario.report(0, 'failed', '131000');
      expect(await scenario.wake()).toMatchObject({ outcome: 'again' });
      await scenario.report(0, 'delivered');
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c');
    });

    it('is counted once, however often its statuses are repeated', async () => {
      await scenario.ask();
      await scenario.settle();
      for (let time = 0; time < 5; time += 1) await scenario.report(0, 'failed', '131000');
      await scenario.settle();
      for (let time = 0; time < 5; time += 1) await scenario.report(0, 'failed', '131000');
      await scenario.report(0, 'sent');
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c a');
      expect(scenario.failuresSeen()).toEqual(['131000']);
    });

    it('until it is given up: becomes a dead letter, and a redrive sends the same text', async () => {
      await scenario.ask();
      await scenario.settle();
      for (const send of [1, 3, 4]) {
        await scenario.report(send, 'failed', '131000');
        await scenario.settle();
      }
      expect(scenario.sentParts()).toBe('a b c b b');
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: 131000', messages: 0 }]);
      const [{ turnId = '' } = {}] = await scenario.deadLetters();
      expect(await store.redrive(turnId)).toBe(scenario.conversation());
      expect(await store.redrive(turnId)).toBeUndefined();
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c b b b');
      expect(await scenario.deadLetters()).toEqual([]);
      expect(scenario.questionCount()).toBe(1);
    });

    it('with a permanent code after its turn: becomes a dead letter with its code, and the next question is answered', async () => {
      await scenario.ask();
      await scenario.settle();
      await scenario.report(2, 'failed', '131026');
      await scenario.ask('next');
      expect(await scenario.wake()).toMatchObject({ outcome: 'buried', error: { code: '131026' } });
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c next');
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: 131026', messages: 0 }]);
    });

    it('after the reply window: becomes a dead letter and is not sent again', async () => {
      await scenario.ask();
      await scenario.settle();
      clock.advance(DAY + 1);
      await scenario.report(0, 'failed', '131000');
      expect(await scenario.wake()).toMatchObject({ outcome: 'buried' });
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c');
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: outside-window' }]);
    });

    it('is sent again once by two concurrent workers, also after a crash', async () => {
      await scenario.ask();
      await scenario.settle();
      await scenario.report(0, 'failed', '131000');
      await Promise.all([scenario.wake(), scenario.wake()]);
      clock.advance(MAX_BACKOFF);
      expect(await store.claim(scenario.conversation(), LEASE)).toMatchObject({ claimed: true });
      clock.advance(LEASE + 1);
      await Promise.all([scenario.wake(), scenario.wake()]);
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a b c a');
    });

    it('passes its earlier codes to the next send', async () => {
      scenario.channel.failure = (_business, _to, codes) =>
        statusError(codes.length > 1 ? '131026' : '131000');
      scenario.afterSent(0, () => scenario.report(0, 'failed', '131026'));
      scenario.afterSent(1, () => scenario.report(1, 'failed', '131026'));
      await scenario.ask();
      await scenario.settle();
      expect(scenario.channel.sent.map(({ part }) => part.failures)).toEqual([[], ['131026']]);
      expect(await scenario.deadLetters()).toMatchObject([{ reason: 'refused: 131026' }]);
    });

    it('that is an apology, or belongs to an erased person or a redriven turn: changes nothing', async () => {
      scenario.afterSent(0, () => scenario.report(0, 'failed', '131026'));
      await scenario.ask();
      await scenario.settle();
      const [{ turnId = '' } = {}] = await scenario.deadLetters();
      await store.redrive(turnId);
      expect(await scenario.report(0, 'failed', '131000')).toEqual([]);
      await scenario.settle();
      expect(scenario.sentParts()).toBe('a a b c');

      scenario.refuseNext();
      await scenario.ask();
      await scenario.settle();
      expect(scenario.sentParts()).toContain('Sorry');
      const apology = scenario.channel.sent.length - 1;
      expect(await scenario.report(apology, 'failed', '131000')).toEqual([]);
      await scenario.settle();
      expect(scenario.channel.sent).toHaveLength(apology + 1);

      await store.erase(scenario.phone);
      expect(await scenario.report(1, 'failed', '131000')).toEqual([]);
      expect(await scenario.wake()).toMatchObject({ outcome: 'idle' });
    });
  });
}
