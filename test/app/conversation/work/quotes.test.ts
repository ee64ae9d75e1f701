import fc from 'fast-check';
import { describe, expect, it as plain } from 'vitest';
import { quotation } from '#app/conversation/quotes.ts';
import { Forgotten, Unavailable } from '#app/domain/errors.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import { hasVisibleText } from '#app/domain/visible.ts';
import { status } from '../../../fakes/messages.ts';
import { HOUR, turnTest } from './turn-test.ts';

const LONG = ['First paragraph', 'Second paragraph', 'Third paragraph']
  .map((words) => `**${words}** ${'with many words '.repeat(9)}`)
  .join('\n\n');

/** `answered` asks a question that gets this answer; `delivered` reports the n-th part as delivered. */
const it = turnTest()
  .extend('answered', ({ assistant, channel, sentNow, wake }) => async (answer = 'Zakat is **alms**.') => {
    assistant.next.push(() => answer);
    await wake([sentNow()]);
    return channel.sent.map(({ platformId }) => platformId);
  })
  .extend('delivered', ({ channel, store }) => async (sent: number) => {
    const { part, platformId = '' } = channel.sent[sent] ?? {};
    await store.recordStatuses([status(part?.key ?? '', 'delivered', { platformId })]);
  })
  .extend(
    'lastQuestion',
    ({ assistant }) =>
      () =>
        assistant.questions.at(-1)?.text,
  );

describe('a message that quotes a part of ours', () => {
  it('goes to the assistant with the words of the part, also once its text is deleted', async ({
    answered,
    delivered,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    const [quotes = ''] = await answered();
    await delivered(0);
    await wake([sentNow('How much?', { quotes })]);
    expect(lastQuestion()).toBe('> Zakat is *alms*.\n\nHow much?');
  });

  it('goes with the part that it quotes, not with the whole answer', async ({
    answered,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    const ids = await answered(LONG);
    expect(ids).toHaveLength(3);
    for (const [position, word] of ['First', 'Second', 'Third'].entries()) {
      await wake([sentNow('And this?', { quotes: ids[position] ?? '' })]);
      expect(lastQuestion()).toMatch(new RegExp(`^> \\*${word} paragraph\\* with.*\n\nAnd this\\?$`));
    }
  });

  it('goes with the beginning of the answer when it quotes a phrase of ours at the end of it', async ({
    assistant,
    channel,
    imageNow,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    assistant.next.push(() => 'word '.repeat(39));
    await wake([sentNow(), imageNow()]);
    expect(channel.sent.length).toBeGreaterThan(1);
    await wake([sentNow('Why?', { quotes: channel.sent.at(-1)?.platformId ?? '' })]);
    expect(lastQuestion()).toMatch(/^> word word .*\n\nWhy\?$/);
  });

  it('belongs to its own words: each of several messages has its own quotation', async ({
    answered,
    clock,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    const [first = '', second = ''] = await answered(LONG);
    await wake([
      sentNow('one', { quotes: second }),
      sentNow('two', { sentAt: clock.now() + 1 }),
      sentNow('three', { quotes: first, sentAt: clock.now() + 2 }),
    ]);
    expect(lastQuestion()).toMatch(/^> \*Second.*\n\none\ntwo\n> \*First.*\n\nthree$/);
  });

  it('does not name a new thread, and does not decide the language', async ({
    answered,
    clock,
    assistant,
    sentNow,
    wake,
  }) => {
    const [quotes = ''] = await answered('The answer in plain English is that it is due every year.');
    clock.advance(4 * HOUR);
    await wake([sentNow('ما هي الزكاة؟', { quotes })]);
    expect(assistant.opened.at(-1)?.title).toBe('ما هي الزكاة؟');
    await wake([sentNow('', { content: { kind: 'unreadable', type: 'image' } })]);
  });

  it.for(['wamid.unknown', 'wamid.test-1'])(
    'goes alone when nothing of ours has that id (%s)',
    async (quotes, { answered, sentNow, wake, lastQuestion }) => {
      await answered();
      await wake([sentNow('How much?', { quotes })]);
      expect(lastQuestion()).toBe('How much?');
    },
  );

  it('goes alone when it quotes a notice of ours, or a template', async ({
    clock,
    channel,
    imageNow,
    sentNow,
    wake,
    wakeAgain,
    lastQuestion,
  }) => {
    await wake([imageNow()]);
    await wake([sentNow('Why not?', { quotes: channel.sent[0]?.platformId ?? '' })]);
    expect(lastQuestion()).toBe('Why not?');
    channel.hasTemplate = () => true;
    clock.advance(48 * HOUR);
    await wake([sentNow('old', { sentAt: clock.now() - 24 * HOUR })]);
    await wakeAgain();
    expect(channel.sent.at(-1)?.part.text).toBe(TEMPLATE);
    await wake([sentNow('Yes?', { quotes: channel.sent.at(-1)?.platformId ?? '' })]);
    expect(lastQuestion()).toBe('Yes?');
  });

  it('goes alone when the assistant has lost the thread', async ({
    assistant,
    answered,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    const [quotes = ''] = await answered();
    assistant.earlierAnswer = () => Promise.reject(new Forgotten('which thread?'));
    await wake([sentNow('How much?', { quotes })]);
    expect(lastQuestion()).toBe('How much?');
  });

  it('waits when the assistant cannot be asked for its answer', async ({
    assistant,
    clock,
    answered,
    sentNow,
    wake,
    wakeAgain,
    lastQuestion,
  }) => {
    const [quotes = ''] = await answered();
    const { earlierAnswer } = assistant;
    assistant.earlierAnswer = () =>
      Promise.reject(new Unavailable('down', { scope: 'app', retryAfterMs: 1_000 }));
    expect(await wake([sentNow('How much?', { quotes })])).toMatchObject({ outcome: 'again' });
    assistant.earlierAnswer = earlierAnswer;
    clock.advance(1_000);
    await wakeAgain();
    expect(lastQuestion()).toBe('> Zakat is *alms*.\n\nHow much?');
  });

  it('goes with the stored text where the assistant keeps no threads', async ({
    assistant,
    answered,
    delivered,
    sentNow,
    wake,
    lastQuestion,
  }) => {
    assistant.earlierAnswer = async () => undefined;
    assistant.threadEnd = async () => ({ questions: 0, last: 'other' });
    const [quotes = ''] = await answered();
    await wake([sentNow('How much?', { quotes })]);
    expect(lastQuestion()).toBe('> Zakat is *alms*.\n\nHow much?');
    await delivered(0);
    await wake([sentNow('And when?', { quotes })]);
    expect(lastQuestion()).toBe('And when?');
  });

  it.for([
    ['reads the answer in its thread', false],
    ['does not know the answer any more', true],
  ] as const)(
    'is asked once, when the worker crashes before the answer is stored and the part arrives meanwhile, and the assistant %s',
    async ([, hasLost], {
      assistant,
      clock,
      answered,
      delivered,
      store,
      useStore,
      sentNow,
      wake,
      wakeAgain,
      sentTexts,
    }) => {
      const [quotes = ''] = await answered();
      if (hasLost) assistant.earlierAnswer = async () => undefined;
      const crashed = new Promise<never>(() => {});
      useStore({ ...store, writeReply: () => crashed });
      assistant.next.push(() => 'Two and a half percent.');
      void wake([sentNow('How much?', { quotes })]);
      await expect.poll(() => assistant.questions.length).toBe(2);
      useStore(store);
      await delivered(0);
      clock.advance(60_000);
      expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
      expect(assistant.questions).toHaveLength(2);
      expect(sentTexts().at(-1)).toBe('Two and a half percent.');
    },
  );
});

describe('a quotation', () => {
  plain('has at most about 700 characters, cut between words', () => {
    const words = quotation(`${'صبر '.repeat(300)}`);
    expect(words.length).toBeLessThanOrEqual(710);
    expect(words).toMatch(/^> (صبر )+…$/);
    expect(quotation('x'.repeat(5_000))).toBe(`> ${'x'.repeat(700)} …`);
  });

  plain('keeps lines and empty lines', () => {
    expect(quotation('a\n\n  \n- b\n> c')).toBe('> a\n>\n>\n> - b\n> > c');
  });

  plain('of any text is lines of a quotation with the beginning of its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 900 }), (text) => {
        const lines = quotation(text).split('\n');
        for (const line of lines) expect(line).toMatch(/^>( |$)/u);
        const said = lines.join('').replaceAll(/[>\s…]/gu, '');
        if (text.length <= 700) expect(said).toBe(text.replaceAll(/[>\s…]/gu, ''));
        else if (hasVisibleText(text)) expect(quotation(text).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('the first part of an answer', () => {
  it('quotes the last text of a turn that held several, also when its send is repeated', async ({
    clock,
    channel,
    imageNow,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    channel.next.push(() => {
      throw new Unavailable('throttled', { retryAfterMs: 1_000 });
    });
    const last = sentNow('two', { sentAt: clock.now() + 1 });
    await wake([sentNow('one'), last, { ...imageNow(), sentAt: clock.now() + 2 }]);
    clock.advance(10_000);
    await wakeAgain();
    expect(channel.sent.map(({ part }) => part.replyTo)).toEqual([
      last.id,
      ...channel.sent.slice(1).map(() => undefined),
    ]);
  });

  it('is the only part that quotes', async ({ assistant, channel, sentNow, wake }) => {
    assistant.next.push(() => LONG);
    const last = sentNow('two');
    await wake([sentNow('one'), last]);
    expect(channel.sent.map(({ part }) => part.replyTo)).toEqual([last.id, undefined, undefined]);
  });

  it('quotes nothing when there was one text', async ({ channel, imageNow, sentNow, wake }) => {
    await wake([sentNow('one'), imageNow()]);
    expect(channel.sent.map(({ part }) => 'replyTo' in part)).toEqual(channel.sent.map(() => false));
  });

  it('quotes nothing in a notice of ours, an apology, a template, and a reopened turn', async ({
    assistant,
    clock,
    channel,
    store,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    const two = (ageMs = 0) => [1, 0].map((before) => sentNow('a', { sentAt: clock.now() - ageMs - before }));
    await wake(two(), { underMaintenance: true });
    await wake(two(3 * HOUR));
    assistant.next.push(() => {
      throw new Error('a mistake');
    });
    await wake(two(), { maxAttempts: 1 });
    await wakeAgain();
    await wake(two());
    const { part, platformId = '' } = channel.sent.at(-1) ?? {};
    expect(part?.replyTo).toBeDefined();
    await store.recordStatuses([status(part?.key ?? '', 'failed', { platformId, code: '131000' })]);
    await wakeAgain();
    clock.advance(60_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'repeated' });
    channel.hasTemplate = () => true;
    clock.advance(48 * HOUR);
    await wake(two(24 * HOUR));
    await wakeAgain();
    expect(channel.sent.at(-1)?.part.text).toBe(TEMPLATE);
    expect(channel.sent.filter((sent) => sent.part.replyTo !== undefined)).toHaveLength(1);
  });
});
