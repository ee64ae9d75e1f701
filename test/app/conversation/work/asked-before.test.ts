import { describe, expect } from 'vitest';
import { EMPTY_ANSWER, Forgotten, Unavailable } from '#app/domain/errors.ts';
import type { Question } from '#app/ports/assistant.ts';
import { RULES, turnTest } from './turn-test.ts';

/** The connection breaks. `stored` is what the assistant has stored by then. */
function cut(storeAnswer?: (question: Question) => void) {
  return (question: Question): never => {
    storeAnswer?.(question);
    throw new Unavailable('cut', { code: 'ECONNRESET' });
  };
}
const it = turnTest().extend('empty', ({ assistant }) => (question: Question): never => {
  assistant.store(question, 'failed');
  throw new Unavailable('nothing', { code: EMPTY_ANSWER });
});

describe('a question that was asked before', () => {
  it('is not asked again when the thread ends with its answer', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(cut((question) => assistant.store(question, { answer: 'The whole answer.' })));
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'again' });
    clock.advance(1_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts()).toEqual(['The whole answer.']);
  });

  it('is not asked again after a crash between the answer and writeReply', async ({
    clock,
    assistant,
    store,
    useStore,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    const available = store;
    useStore({ ...available, writeReply: () => new Promise(() => {}) });
    void wake([sentNow()]);
    for (let tick = 0; tick < 50; tick += 1) await new Promise(setImmediate);
    useStore(available);
    clock.advance(RULES.leaseMs + 1);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts()).toEqual(['An answer.']);
  });

  it('is not asked again while the model may still be writing, which counts no attempts, and is asked again afterwards', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(cut((question) => assistant.store(question)));
    await wake([sentNow()]);
    const startedAt = clock.now();
    clock.advance(1_000);
    for (const wait of [10_000, 10_000, 9_000]) {
      expect(await wakeAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + wait });
      clock.advance(wait);
    }
    expect(clock.now()).toBe(startedAt + 30_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(2);
  });

  it('is answered with the text that the assistant stored meanwhile', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    let question: Question | undefined;
    assistant.next.push(
      cut((asked) => {
        question = asked;
      }),
    );
    await wake([sentNow()]);
    if (question !== undefined) assistant.store(question, { answer: 'Late.' });
    clock.advance(11_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts()).toEqual(['Late.']);
  });

  it('is asked again at once when it never arrived', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(cut());
    await wake([sentNow()]);
    clock.advance(1_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(2);
  });

  it('continues in its thread, although that is past the retention time', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(cut((question) => assistant.store(question, { answer: 'From before.' })));
    await wake([sentNow()], { staleAfterMs: 10 * RULES.retentionMs });
    clock.advance(RULES.retentionMs + 1);
    await wakeAgain({ staleAfterMs: 10 * RULES.retentionMs });
    expect(sentTexts()).toEqual(['From before.']);
    expect(assistant.opened).toHaveLength(1);
  });

  it('is asked in a new thread when the assistant has forgotten its thread', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(cut());
    await wake([sentNow()]);
    clock.advance(1_000);
    const { threadEnd } = assistant;
    assistant.threadEnd = (question, signal) =>
      question.threadId === 'thread-1'
        ? Promise.reject(new Forgotten('which thread?'))
        : threadEnd(question, signal);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions.at(-1)?.threadId).toBe('thread-2');
  });

  it('does not read the thread when no attempt has failed', async ({ assistant, sentNow, wake }) => {
    await wake([sentNow()]);
    await wake([sentNow('And fasting?')]);
    expect(assistant.threadReads).toBe(0);
  });
});

describe('the same text in another turn', () => {
  it('is another question, also when it did not arrive at the first attempt', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => 'The first answer.', cut());
    await wake([sentNow()]);
    await wake([sentNow()]);
    clock.advance(1_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(3);
    expect(sentTexts()).toEqual(['The first answer.', 'An answer.']);
  });

  it('does not take the late answer to a turn that was given up', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    const late = cut((question) => assistant.store(question, { answer: 'Too late.' }));
    assistant.next.push(late);
    await wake([sentNow()], { maxAttempts: 1 });
    await wakeAgain({ maxAttempts: 1 });
    expect(sentTexts()).toHaveLength(1);
    assistant.next.push(cut());
    await wake([sentNow()]);
    clock.advance(1_000);
    await wakeAgain();
    expect(sentTexts().slice(1)).toEqual(['An answer.']);
    expect(assistant.questions).toHaveLength(3);
  });

  it('is counted in a thread that only the assistant has stored', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.last = { id: 'from-before', lastAt: clock.now() };
    assistant.store(
      { assistantUserId: '', threadId: 'from-before', text: 'What is zakat?' },
      { answer: 'Of yesterday.' },
    );
    assistant.next.push(cut());
    await wake([sentNow()]);
    clock.advance(1_000);
    await wakeAgain();
    expect(sentTexts()).toEqual(['An answer.']);
  });
});

describe('a model that returns an empty answer', () => {
  it('is asked three times within some minutes, then the person gets an apology', async ({
    clock,
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
    empty,
  }) => {
    assistant.next.push(empty, empty, empty);
    expect(await wake([sentNow()], { maxAttempts: 10 })).toMatchObject({ lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
    expect(await wakeAgain({ maxAttempts: 10 })).toMatchObject({ lookAgainAt: clock.now() + 180_000 });
    clock.advance(180_000);
    expect(await wakeAgain({ maxAttempts: 10 })).toMatchObject({ outcome: 'buried' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'apologised' });
    expect(assistant.questions).toHaveLength(3);
    expect(sentTexts()).toEqual([expect.stringMatching(/^Sorry/)]);
    expect(await store.deadLetters(1)).toMatchObject([{ reason: 'refused: empty-answer' }]);
  });

  it('is not asked again after its second answer has text', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    empty,
  }) => {
    assistant.next.push(empty);
    await wake([sentNow()]);
    clock.advance(60_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(2);
  });

  it('is asked again, whatever message follows the question in the thread', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push((question) => {
      assistant.store(question, { answer: 'There was a problem.' });
      throw new Unavailable('nothing', { code: EMPTY_ANSWER });
    });
    await wake([sentNow()]);
    clock.advance(60_000);
    await wakeAgain();
    expect(sentTexts()).toEqual(['An answer.']);
  });

  it('is counted when only the thread shows the failure, as after a crash', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    const failed = cut((question) => assistant.store(question, 'failed'));
    assistant.next.push(failed, failed, failed);
    await wake([sentNow()], { maxAttempts: 10 });
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      clock.advance(60_000);
      await wakeAgain({ maxAttempts: 10 });
    }
    await wakeAgain();
    expect(assistant.questions).toHaveLength(3);
    expect(sentTexts()).toEqual([expect.stringMatching(/^Sorry/)]);
  });
});

describe('a person who is registered but whom the assistant does not find', () => {
  const unknown = () => Promise.reject(new Forgotten('who?'));

  it('is registered again once, and then answered', async ({ assistant, sentNow, wake }) => {
    const { lastThread } = assistant;
    assistant.lastThread = unknown;
    assistant.registerAnew = async (assistantUserId) => {
      assistant.registeredAnew.push(assistantUserId);
      assistant.lastThread = lastThread;
    };
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'answered', attempt: 1 });
    expect(assistant.registeredAnew).toHaveLength(1);
    await wake([sentNow()]);
    expect(assistant.registeredAnew).toHaveLength(1);
  });

  it('is not registered again with every attempt when that does not help', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.lastThread = unknown;
    await wake([sentNow()], { maxAttempts: 10 });
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      clock.advance(600_000);
      await wakeAgain({ maxAttempts: 10, staleAfterMs: 24 * 60 * 60_000 });
    }
    expect(assistant.registeredAnew).toHaveLength(2);
    await wakeAgain();
    expect(sentTexts()).toEqual([expect.stringMatching(/^Sorry/)]);
  });
});

it('asks the question of a worker that crashed after it recorded the question as asked', async ({
  clock,
  assistant,
  store,
  conversation,
  sentNow,
  accept,
  wakeAgain,
}) => {
  await accept([sentNow()]);
  const claim = await store.claim(conversation(), RULES.leaseMs);
  if (!claim.claimed) throw new Error('not claimed');
  const asked = { turn: claim.turn.id, before: 0, at: clock.now(), empty: 0, failed: false };
  await store.remember(claim.lease, { thread: { id: 'thread-9', lastAt: clock.now(), asked } });
  clock.advance(RULES.leaseMs + 1);
  expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
  expect(assistant.questions).toMatchObject([{ threadId: 'thread-9' }]);
});
