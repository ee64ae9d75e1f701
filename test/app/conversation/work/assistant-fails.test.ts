import { beforeEach, describe, expect, it } from 'vitest';
import { Refused, Unavailable } from '#app/domain/errors.ts';
import {
  accept,
  assistant,
  begin,
  clock,
  conversation,
  look,
  lookAgain,
  now,
  RULES,
  saidTo,
  store,
} from './story.ts';

beforeEach(begin);

describe('when the assistant fails', () => {
  const down = () => {
    throw new Unavailable('backend: 500');
  };

  it('backs off longer after each attempt, then apologises once and leaves a dead letter', async () => {
    assistant.next.push(down, down, down);
    const first = await look([now()]);
    expect(first).toMatchObject({ outcome: 'again', attempt: 1, lookAgainAt: clock.now() + 1_000 });
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({
      outcome: 'again',
      attempt: 2,
      lookAgainAt: clock.now() + 2_000,
    });
    clock.advance(2_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'buried', attempt: 3 });
    expect(await lookAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(saidTo()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: backend: 500' }]);
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('does not count an attempt when the failure affects the whole service', async () => {
    assistant.next.push(() => {
      throw new Unavailable('the key was refused', { scope: 'app', retryAfterMs: 60_000 });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('apologises at once when the assistant refuses for good', async () => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    await look([now()]);
    await lookAgain();
    expect(saidTo()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });

  it('apologises in the language of a first question, although registration failed', async () => {
    assistant.register = () => Promise.reject(new Refused('no'));
    await look([now('ما هي الزكاة؟')]);
    await lookAgain();
    expect(saidTo().join()).toMatch(/نعتذر/);
  });

  it('treats a bug like any other failure: the conversation continues', async () => {
    assistant.next.push(...Array.from({ length: 3 }, () => () => JSON.parse('{')));
    await look([now()]);
    for (const ms of [1_000, 2_000, 0]) {
      clock.advance(ms);
      await lookAgain();
    }
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: SyntaxError' }]);
    expect(await look([now()])).toMatchObject({ outcome: 'answered' });
  });

  it('gives up a turn that crashes its worker every time, although no attempt ever ended', async () => {
    await accept([now()]);
    for (let crash = 0; crash < RULES.maxAttempts; crash += 1) {
      await store.claim(conversation, RULES.leaseMs);
      clock.advance(RULES.leaseMs);
    }
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    await lookAgain();
    expect(assistant.questions).toEqual([]);
    expect(saidTo()).toHaveLength(1);
  });
});
