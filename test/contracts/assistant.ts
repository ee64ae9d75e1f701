import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';

export interface AssistantSetUp {
  readonly assistant: Assistant;
  close(): Promise<void>;
}

interface AssistantTraits {
  /** Whether an unknown thread is noticed. */
  readonly knowsItsThreads: boolean;
  /** Whether it finds a person's latest thread. */
  readonly findsThreads: boolean;
  /** Whether what was asked and answered can be looked at. */
  readonly keepsThreads: boolean;
}

/** What the conversation relies on, whichever assistant answers. */
export function assistantContract(
  name: string,
  start: () => Promise<AssistantSetUp>,
  traits: AssistantTraits,
) {
  describe(`${name}, as an assistant`, () => {
    let setUp: AssistantSetUp;
    let assistant: Assistant;
    let persons = 0;
    const signal = new AbortController().signal;

    beforeAll(async () => {
      setUp = await start();
      assistant = setUp.assistant;
    });
    afterAll(() => setUp.close());

    async function newPerson(): Promise<string> {
      persons += 1;
      const assistantUserId = `1555000${persons}`;
      await assistant.register(assistantUserId, 'en', signal);
      return assistantUserId;
    }

    test('registering twice is registering once', async () => {
      const assistantUserId = await newPerson();
      await assistant.register(assistantUserId, 'ar', signal);
      await assistant.openThread(assistantUserId, 'still known', signal);
    });

    test('a person who never asked has no thread to go on with', async () => {
      expect(await assistant.lastThread(await newPerson(), signal)).toBeUndefined();
    });

    test('each thread has its own id', async () => {
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
      const answer = await assistant.answer({ assistantUserId, threadId, text }, signal);
      const lines = text.split('\n');
      for (const line of lines) expect(answer).toContain(line);
    });

    test('answers a question of 20,000 letters whole', async () => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'long', signal);
      const text = 'صبر'.repeat(6_667);
      expect(await assistant.answer({ assistantUserId, threadId, text }, signal)).toContain(text);
    });

    test('a signal that has aborted ends the call with its reason', async () => {
      const assistantUserId = await newPerson();
      const threadId = await assistant.openThread(assistantUserId, 'too late', signal);
      const reason = new Error('the lease is lost');
      const answer = assistant.answer(
        { assistantUserId, threadId, text: 'hello' },
        AbortSignal.abort(reason),
      );
      await expect(answer).rejects.toBe(reason);
    });

    if (traits.knowsItsThreads) {
      test('an unknown thread is Forgotten', async () => {
        const assistantUserId = await newPerson();
        const answer = assistant.answer({ assistantUserId, threadId: 'conv_unknown', text: 'hello' }, signal);
        await expect(answer).rejects.toBeInstanceOf(Forgotten);
      });
    }

    if (traits.findsThreads) {
      test('finds the thread in which something was said last', async () => {
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

    if (traits.keepsThreads) {
      test('tells how a thread ends, and how many questions it holds', async () => {
        const assistantUserId = await newPerson();
        const threadId = await assistant.openThread(assistantUserId, 'a title', signal);
        const question = { assistantUserId, threadId, text: 'ما الصبر؟\nAnd prayer?' };
        const other = { ...question, text: 'And fasting?' };
        expect(await assistant.threadEnd(question, signal)).toEqual({ questions: 0, last: 'other' });
        const answer = await assistant.answer(question, signal);
        const end = { questions: 1, last: 'answered', answer };
        expect(await assistant.threadEnd(question, signal)).toEqual(end);
        expect(await assistant.threadEnd(other, signal)).toEqual({ questions: 1, last: 'other' });
        await assistant.answer(other, signal);
        expect(await assistant.threadEnd(question, signal)).toEqual({ questions: 2, last: 'other' });
        expect(await assistant.threadEnd(other, signal)).toMatchObject({ questions: 2, last: 'answered' });
      });

      test('looks at no thread that it does not know', async () => {
        const assistantUserId = await newPerson();
        const end = assistant.threadEnd({ assistantUserId, threadId: 'conv_unknown', text: 'hello' }, signal);
        await expect(end).rejects.toBeInstanceOf(Forgotten);
      });
    } else {
      test('tells of a thread that it holds no question', async () => {
        const end = await assistant.threadEnd({ assistantUserId: '1', threadId: 't', text: 'hello' }, signal);
        expect(end).toEqual({ questions: 0, last: 'other' });
      });
    }
  });
}
