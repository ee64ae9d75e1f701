import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';

export interface AssistantSetup {
  readonly assistant: Assistant;
  close(): Promise<void>;
}

interface AssistantTraits {
  /** Whether it rejects an unknown thread. */
  readonly rejectsUnknownThreads: boolean;
  /** Whether it finds a person's latest thread. */
  readonly findsThreads: boolean;
  /** Whether the messages of a thread can be read. */
  readonly readsThreads: boolean;
  /** A question for which it asks for a person; absent if it never does. */
  readonly handsOffFor?: string;
  /** Whether it reports the tokens of an answer. */
  readonly countsTokens: boolean;
}

/** What every assistant promises (`Assistant` in app/ports/assistant.ts). */
export function assistantContract(
  name: string,
  start: () => Promise<AssistantSetup>,
  traits: AssistantTraits,
) {
  describe(`${name}, as an assistant`, () => {
    let setup: AssistantSetup;
    let assistant: Assistant;
    let persons = 0;
    const signal = new AbortController().signal;

    beforeAll(async () => {
      setup = await start();
      assistant = setup.assistant;
    });
    afterAll(() => setup.close());

    async function newPerson(): Promise<string> {
      persons += 1;
      const assistantUserId = `1555000${persons}`;
      await assistant.register(assistantUserId, 'en', signal);
      return assistantUserId;
    }

    test('registers a person idempotently', async () => {
      const assistantUserId = await newPerson();
      await assistant.register(assistantUserId, 'ar', signal);
      await assistant.openThread(assistantUserId, 'still known', signal);
    });

    test('returns no last thread for a person who has asked nothing', async () => {
      expect(await assistant.lastThread(await newPerson(), signal)).toBeUndefined();
    });

    test('gives each thread its own id', async () => {
      const assistantUserId = await newPerson();
      const ids = [
        await assistant.openThread(assistantUserId, 'one', signal),
        await assistant.openThread(assistantUserId, 'one', signal),
      ];
      expect(ids[0]).not.toBe('');
      expect(new Set(ids).size).toBe(2);
    });

    test.each([
      ['English', 'What is patience?'],
      ['Arabic with marks', 'ما مَعْنَى الصَّبْرِ؟'],
      ['emoji of several code points', 'thanks 👩‍👩‍👧‍👦 🇵🇸'],
      ['quotation marks, braces and lines', 'a "b"\n{c}\\n\u2028d'],
    ])('answers a question in %s', async (_language, text) => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'a title', signal);
      const { text: answer } = await assistant.answer({ assistantUserId, threadId, text }, signal);
      const lines = text.split('\n');
      for (const line of lines) expect(answer).toContain(line);
    });

    test('answers a question of 20,000 letters completely', async () => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'long', signal);
      const text = 'صبر'.repeat(6_667);
      expect((await assistant.answer({ assistantUserId, threadId, text }, signal)).text).toContain(text);
    });

    test('answers without a hand-off, and reports tokens only where it counts them', async () => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'tokens', signal);
      const answer = await assistant.answer({ assistantUserId, threadId, text: 'hello' }, signal);
      const count = expect.toSatisfy((tokens: unknown) => Number.isSafeInteger(tokens) && Number(tokens) > 0);
      expect(answer).toEqual({
        text: expect.any(String),
        ...(traits.countsTokens && { usage: { inputTokens: count, outputTokens: count } }),
      });
    });

    if (traits.handsOffFor !== undefined) {
      const text = traits.handsOffFor;
      test('hands off, with an answer and a reason', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'a person', signal);
        const question = { assistantUserId, threadId, text };
        const answer = await assistant.answer(question, signal);
        expect(answer).toMatchObject({
          text: expect.stringContaining(text),
          handOff: { reason: expect.stringMatching(/./) },
        });
        const end = await assistant.threadEnd(question, signal);
        if (!traits.readsThreads) return;
        expect(end).toMatchObject({ answer: { text: answer.text, handOff: answer.handOff } });
      });
    }

    test('rejects with the reason of an aborted signal', async () => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'too late', signal);
      const reason = new Error('the lease is lost');
      const answer = assistant.answer(
        { assistantUserId, threadId, text: 'hello' },
        AbortSignal.abort(reason),
      );
      await expect(answer).rejects.toBe(reason);
    });

    if (traits.rejectsUnknownThreads) {
      test('throws Forgotten for an unknown thread', async () => {
        const assistantUserId = await newPerson();
        const answer = assistant.answer({ assistantUserId, threadId: 'conv_unknown', text: 'hello' }, signal);
        await expect(answer).rejects.toBeInstanceOf(Forgotten);
      });
    }

    if (traits.findsThreads) {
      test('returns the thread with the latest message', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'first', signal);
        const before = Date.now();
        await assistant.answer({ assistantUserId, threadId, text: 'hello' }, signal);
        const last = await assistant.lastThread(assistantUserId, signal);
        expect(last?.id).toBe(threadId);
        expect(last?.lastAt).toBeGreaterThanOrEqual(before);
        expect(last?.lastAt).toBeLessThanOrEqual(Date.now());
      });
    }

    if (traits.readsThreads) {
      test('returns how a thread ends and how many questions it has', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'a title', signal);
        const question = { assistantUserId, threadId, text: 'ما الصبر؟\nAnd prayer?' };
        const other = { ...question, text: 'And fasting?' };
        expect(await assistant.threadEnd(question, signal)).toEqual({ questions: 0, last: 'other' });
        const { text } = await assistant.answer(question, signal);
        const end = { questions: 1, last: 'answered', answer: { text } };
        expect(await assistant.threadEnd(question, signal)).toEqual(end);
        expect(await assistant.threadEnd(other, signal)).toEqual({ questions: 1, last: 'other' });
        await assistant.answer(other, signal);
        expect(await assistant.threadEnd(question, signal)).toEqual({ questions: 2, last: 'other' });
        expect(await assistant.threadEnd(other, signal)).toMatchObject({ questions: 2, last: 'answered' });
      });

      test('returns the answer to each question of a thread', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'a title', signal);
        const at = (position: number) =>
          assistant.earlierAnswer({ assistantUserId, threadId, position }, signal);
        expect(await at(1)).toBeUndefined();
        const answers: string[] = [];
        for (const text of ['one', 'two', 'three']) {
          answers.push((await assistant.answer({ assistantUserId, threadId, text }, signal)).text);
        }
        expect(await Promise.all([1, 2, 3].map(at))).toEqual(answers);
        expect(await at(0)).toBeUndefined();
        expect(await at(4)).toBeUndefined();
      });

      test('throws Forgotten for an unknown thread that is read', async () => {
        const assistantUserId = await newPerson();
        const unknown = { assistantUserId, threadId: 'conv_unknown' };
        const end = assistant.threadEnd({ ...unknown, text: 'hello' }, signal);
        await expect(end).rejects.toBeInstanceOf(Forgotten);
        const earlier = assistant.earlierAnswer({ ...unknown, position: 1 }, signal);
        await expect(earlier).rejects.toBeInstanceOf(Forgotten);
      });
    } else {
      test('finds nothing in any thread', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'a title', signal);
        const question = { assistantUserId, threadId, text: 'hello' };
        await assistant.answer(question, signal);
        expect(await assistant.threadEnd(question, signal)).toEqual({ questions: 0, last: 'other' });
        const first = { assistantUserId, threadId, position: 1 };
        expect(await assistant.earlierAnswer(first, signal)).toBeUndefined();
      });
    }
  });
}
