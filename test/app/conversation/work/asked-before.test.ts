import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_ANSWER, Forgotten, Unavailable } from '#app/domain/errors.ts';
import type { Question } from '#app/ports/assistant.ts';
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
  useStore,
} from './story.ts';

beforeEach(begin);

/** The connection breaks; what the assistant has stored by then is up to the test. */
function cut(stored?: (question: Question) => void) {
  return (question: Question): never => {
    stored?.(question);
    throw new Unavailable('cut', { code: 'ECONNRESET' });
  };
}
const empty = (question: Question): never => {
  assistant.store(question, 'failed');
  throw new Unavailable('nothing', { code: EMPTY_ANSWER });
};

describe('a question that was put before', () => {
  it('is not put again when the thread ends with its answer', async () => {
    assistant.next.push(cut((question) => assistant.store(question, { answer: 'The whole answer.' })));
    expect(await look([now()])).toMatchObject({ outcome: 'again' });
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(1);
    expect(saidTo()).toEqual(['The whole answer.']);
  });

  it('is not put again after a crash between the answer and its writing', async () => {
    const awake = store;
    useStore({ ...awake, writeReply: () => new Promise(() => {}) });
    void look([now()]);
    for (let tick = 0; tick < 50; tick += 1) await new Promise(setImmediate);
    useStore(awake);
    clock.advance(RULES.leaseMs + 1);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(1);
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('is waited for while the model may still be writing, without counting attempts, then put again', async () => {
    assistant.next.push(cut((question) => assistant.store(question)));
    await look([now()]);
    const begunAt = clock.now();
    clock.advance(1_000);
    for (const wait of [10_000, 10_000, 9_000]) {
      expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + wait });
      clock.advance(wait);
    }
    expect(clock.now()).toBe(begunAt + 30_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(2);
  });

  it('has the answer that came while it was waited for', async () => {
    let question: Question | undefined;
    assistant.next.push(
      cut((asked) => {
        question = asked;
      }),
    );
    await look([now()]);
    if (question !== undefined) assistant.store(question, { answer: 'Late.' });
    clock.advance(11_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(1);
    expect(saidTo()).toEqual(['Late.']);
  });

  it('is put again at once when it never arrived', async () => {
    assistant.next.push(cut());
    await look([now()]);
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(2);
  });

  it('goes on in its thread, although that is no longer fresh', async () => {
    assistant.next.push(cut((question) => assistant.store(question, { answer: 'From before.' })));
    await look([now()], { staleAfterMs: 10 * RULES.retentionMs });
    clock.advance(RULES.retentionMs + 1);
    await lookAgain({ staleAfterMs: 10 * RULES.retentionMs });
    expect(saidTo()).toEqual(['From before.']);
    expect(assistant.opened).toHaveLength(1);
  });

  it('begins anew when its thread is forgotten', async () => {
    assistant.next.push(cut());
    await look([now()]);
    clock.advance(1_000);
    const { threadEnd } = assistant;
    assistant.threadEnd = (question, signal) =>
      question.threadId === 'thread-1'
        ? Promise.reject(new Forgotten('which thread?'))
        : threadEnd(question, signal);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions.at(-1)?.threadId).toBe('thread-2');
  });

  it('does not look at the thread before anything went wrong', async () => {
    await look([now()]);
    await look([now('And fasting?')]);
    expect(assistant.looks).toBe(0);
  });
});

describe('the same words in another turn', () => {
  it('are another question, also when they did not arrive the first time', async () => {
    assistant.next.push(() => 'The first answer.', cut());
    await look([now()]);
    await look([now()]);
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 2 });
    expect(assistant.questions).toHaveLength(3);
    expect(saidTo()).toEqual(['The first answer.', 'An answer.']);
  });

  it('do not take the answer that came too late for a turn that was given up', async () => {
    const late = cut((question) => assistant.store(question, { answer: 'Too late.' }));
    assistant.next.push(late);
    await look([now()], { maxAttempts: 1 });
    await lookAgain({ maxAttempts: 1 });
    expect(saidTo()).toHaveLength(1);
    assistant.next.push(cut());
    await look([now()]);
    clock.advance(1_000);
    await lookAgain();
    expect(saidTo().slice(1)).toEqual(['An answer.']);
    expect(assistant.questions).toHaveLength(3);
  });

  it('are counted in a thread that only the assistant remembers', async () => {
    assistant.last = { id: 'from-before', lastAt: clock.now() };
    assistant.store(
      { assistantUserId: '', threadId: 'from-before', text: 'What is zakat?' },
      { answer: 'Of yesterday.' },
    );
    assistant.next.push(cut());
    await look([now()]);
    clock.advance(1_000);
    await lookAgain();
    expect(saidTo()).toEqual(['An answer.']);
  });
});

describe('a model that writes nothing', () => {
  it('is asked three times within some minutes, then the person is told', async () => {
    assistant.next.push(empty, empty, empty);
    expect(await look([now()], { maxAttempts: 10 })).toMatchObject({ lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
    expect(await lookAgain({ maxAttempts: 10 })).toMatchObject({ lookAgainAt: clock.now() + 180_000 });
    clock.advance(180_000);
    expect(await lookAgain({ maxAttempts: 10 })).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'apologised' });
    expect(assistant.questions).toHaveLength(3);
    expect(saidTo()).toEqual([expect.stringMatching(/^Sorry/)]);
    expect(await store.deadLetters(1)).toMatchObject([{ reason: 'refused: empty-answer' }]);
  });

  it('has answered when it answers the second time', async () => {
    assistant.next.push(empty);
    await look([now()]);
    clock.advance(60_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions).toHaveLength(2);
  });

  it('has not answered, whatever the thread holds behind the question', async () => {
    assistant.next.push((question) => {
      assistant.store(question, { answer: 'There was a problem.' });
      throw new Unavailable('nothing', { code: EMPTY_ANSWER });
    });
    await look([now()]);
    clock.advance(60_000);
    await lookAgain();
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('is counted when only the thread tells of it, as after a crash', async () => {
    const failed = cut((question) => assistant.store(question, 'failed'));
    assistant.next.push(failed, failed, failed);
    await look([now()], { maxAttempts: 10 });
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      clock.advance(60_000);
      await lookAgain({ maxAttempts: 10 });
    }
    await lookAgain();
    expect(assistant.questions).toHaveLength(3);
    expect(saidTo()).toEqual([expect.stringMatching(/^Sorry/)]);
  });
});

describe('a person whom the assistant knows and does not find', () => {
  const unknown = () => Promise.reject(new Forgotten('who?'));

  it('is registered anew once, and then answered', async () => {
    const { lastThread } = assistant;
    assistant.lastThread = unknown;
    assistant.registerAnew = async (assistantUserId) => {
      assistant.registeredAnew.push(assistantUserId);
      assistant.lastThread = lastThread;
    };
    expect(await look([now()])).toMatchObject({ outcome: 'answered', attempt: 1 });
    expect(assistant.registeredAnew).toHaveLength(1);
    await look([now()]);
    expect(assistant.registeredAnew).toHaveLength(1);
  });

  it('is not registered with every attempt when that does not help', async () => {
    assistant.lastThread = unknown;
    await look([now()], { maxAttempts: 10 });
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      clock.advance(600_000);
      await lookAgain({ maxAttempts: 10, staleAfterMs: 24 * 60 * 60_000 });
    }
    expect(assistant.registeredAnew).toHaveLength(2);
    await lookAgain();
    expect(saidTo()).toEqual([expect.stringMatching(/^Sorry/)]);
  });
});

it('does not lose the question of a worker that died after writing down that it asks', async () => {
  await accept([now()]);
  const claim = await store.claim(conversation, RULES.leaseMs);
  if (!claim.claimed) throw new Error('not claimed');
  const asked = { turn: claim.turn.id, before: 0, at: clock.now(), empty: 0, failed: false };
  await store.remember(claim.lease, { thread: { id: 'thread-9', lastAt: clock.now(), asked } });
  clock.advance(RULES.leaseMs + 1);
  expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
  expect(assistant.questions).toMatchObject([{ threadId: 'thread-9' }]);
});
