import { describe, expect } from 'vitest';
import { createWork } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { phrase } from '#app/language/phrases.ts';
import type { BusinessSettings } from '#app/ports/businesses.ts';
import { businessesOf } from '../../../fakes/businesses.ts';
import { businessWith } from '../../../fakes/messages.ts';
import { RULES, turnTest } from './turn-test.ts';

const ON = { aiNotice: true };
const NOTICE = phrase('machine', 'en');

/** `wakeWith` runs one wake-up with these settings of the business. */
const it = turnTest().extend(
  'wakeWith',
  ({ accept, conversation, sentNow, workPorts }) =>
    async (settings: BusinessSettings, aiNotice: boolean) => {
      await accept([sentNow()]);
      const businesses = businessesOf(businessWith({ settings }));
      const work = createWork({ ...workPorts(), businesses, jitter: () => 0 }, { ...RULES, aiNotice });
      return work(conversation(), new AbortController().signal);
    },
);

describe('that a machine answers', () => {
  it('is said once, in front of the first answer, in the same message', async ({
    sentNow,
    wake,
    sentTexts,
  }) => {
    await wake([sentNow()], ON);
    await wake([sentNow()], ON);
    expect(sentTexts()).toEqual([`${NOTICE}\n\nAn answer.`, 'An answer.']);
  });

  it('is said in the language of the person', async ({ sentNow, wake, sentTexts }) => {
    await wake([sentNow('ما هي الزكاة؟')], ON);
    expect(sentTexts()[0]).toContain(phrase('machine', 'ar'));
  });

  it('is not said with a notice, but with the first answer after it', async ({
    imageNow,
    sentNow,
    wake,
    sentTexts,
  }) => {
    await wake([imageNow()], ON);
    await wake([sentNow()], ON);
    expect(sentTexts()).toEqual([phrase('unreadable.image', 'en'), `${NOTICE}\n\nAn answer.`]);
  });

  it('is said with the next answer to a person who is known already', async ({
    sentNow,
    wake,
    sentTexts,
  }) => {
    await wake([sentNow()]);
    await wake([sentNow()], ON);
    await wake([sentNow()], ON);
    expect(sentTexts()).toEqual(['An answer.', `${NOTICE}\n\nAn answer.`, 'An answer.']);
  });

  it('is said once when the worker crashes after the question, and when a send fails', async ({
    assistant,
    clock,
    channel,
    store,
    useStore,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    useStore({ ...store, writeReply: () => new Promise<never>(() => {}) });
    void wake([sentNow()], ON);
    await expect.poll(() => assistant.questions.length).toBe(1);
    useStore(store);
    clock.advance(60_000);
    channel.next.push(() => {
      throw new Unavailable('throttled', { retryAfterMs: 1_000 });
    });
    await wakeAgain(ON);
    clock.advance(10_000);
    await wakeAgain(ON);
    await wake([sentNow()], ON);
    expect(assistant.questions).toHaveLength(2);
    expect(sentTexts()).toEqual([`${NOTICE}\n\nAn answer.`, 'An answer.']);
  });

  it('counts when the answer is split, and stays in front of an answer that is cut', async ({
    assistant,
    sentNow,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => 'word '.repeat(5_000));
    await wake([sentNow()], ON);
    const sent = sentTexts();
    expect(sent).toHaveLength(10);
    expect(sent[0]).toContain(NOTICE);
    for (const text of sent) expect(text.length).toBeLessThanOrEqual(200);
    expect(sent.at(-1)).toContain(phrase('cut', 'en').split(' ').at(-1));
  });

  it('is said in front of the phrase for an answer without text', async ({
    assistant,
    sentNow,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => '<think>nothing</think>');
    await wake([sentNow()], ON);
    expect(sentTexts().join('\n\n')).toBe(`${NOTICE}\n\n${phrase('noAnswer', 'en')}`);
  });

  it.for<[BusinessSettings, boolean, boolean]>([
    [{}, false, false],
    [{ aiNotice: false }, true, false],
    [{ aiNotice: true }, false, true],
  ])(
    'is decided by the settings %o of the business, then by the deployment (%s): %s',
    async ([settings, aiNotice, isSaid], { wakeWith, sentTexts }) => {
      await wakeWith(settings, aiNotice);
      expect(sentTexts()).toEqual([isSaid ? `${NOTICE}\n\nAn answer.` : 'An answer.']);
    },
  );

  it('is said in the own words of a business', async ({ wakeWith, sentTexts }) => {
    await wakeWith({ phrases: { en: { machine: 'A robot.' } } }, true);
    expect(sentTexts()).toEqual(['A robot.\n\nAn answer.']);
  });
});
