import { describe, expect } from 'vitest';
import { Refused, Unavailable } from '#app/domain/errors.ts';
import { RULES, turnTest } from './turn-test.ts';

const it = turnTest();

describe('when the assistant fails', () => {
  const down = () => {
    throw new Unavailable('backend: 500');
  };

  it('backs off longer after each attempt, then apologises once and stores a dead letter', async ({
    clock,
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(down, down, down);
    const first = await wake([sentNow()]);
    expect(first).toMatchObject({ outcome: 'again', attempt: 1, lookAgainAt: clock.now() + 1_000 });
    expect(await wakeAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(1_000);
    expect(await wakeAgain()).toMatchObject({
      outcome: 'again',
      attempt: 2,
      lookAgainAt: clock.now() + 2_000,
    });
    clock.advance(2_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'buried', attempt: 3 });
    expect(await wakeAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(sentTexts()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: backend: 500' }]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('does not count an attempt when the failure affects the whole service', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(() => {
      throw new Unavailable('the key was refused', { scope: 'app', retryAfterMs: 60_000 });
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('apologises at once when the assistant throws Refused', async ({
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    await wake([sentNow()]);
    await wakeAgain();
    expect(sentTexts()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });

  it('apologises in the language of a first question, although registration failed', async ({
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.register = () => Promise.reject(new Refused('no'));
    await wake([sentNow('ما هي الزكاة؟')]);
    await wakeAgain();
    expect(sentTexts().join()).toMatch(/نعتذر/);
  });

  it('gives up a turn that meets a bug, and answers the next message', async ({
    clock,
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(...Array.from({ length: 3 }, () => () => JSON.parse('{')));
    await wake([sentNow()]);
    for (const ms of [1_000, 2_000, 0]) {
      clock.advance(ms);
      await wakeAgain();
    }
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: SyntaxError' }]);
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'answered' });
  });

  it('gives up a turn that crashes its worker at every attempt', async ({
    clock,
    assistant,
    store,
    conversation,
    sentNow,
    accept,
    wakeAgain,
    sentTexts,
  }) => {
    await accept([sentNow()]);
    for (let crash = 0; crash < RULES.maxAttempts; crash += 1) {
      await store.claim(conversation(), RULES.leaseMs);
      clock.advance(RULES.leaseMs);
    }
    expect(await wakeAgain()).toMatchObject({ outcome: 'buried' });
    await wakeAgain();
    expect(assistant.questions).toEqual([]);
    expect(sentTexts()).toHaveLength(1);
  });
});
