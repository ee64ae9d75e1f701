import { describe, expect } from 'vitest';
import { Forgotten } from '#app/domain/errors.ts';
import { phrase } from '#app/language/phrases.ts';
import { AISHA } from '../../../fakes/messages.ts';
import { HOUR, RULES, turnTest, until } from './turn-test.ts';

const it = turnTest();

describe('a turn', () => {
  it('asks the assistant and sends its answer to the person', async ({
    assistant,
    channel,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    const report = await wake([sentNow()]);
    expect(report).toMatchObject({ outcome: 'answered', attempt: 1, sent: 1 });
    expect(sentTexts()).toEqual(['An answer.']);
    expect(channel.sent[0]?.to).toEqual(AISHA);
    expect(assistant.questions).toEqual([
      { assistantUserId: AISHA.phone, threadId: 'thread-1', text: 'What is zakat?' },
    ]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('merges the messages of one window into one question, in the order they were sent', async ({
    clock,
    assistant,
    sentNow,
    wake,
  }) => {
    await wake([
      sentNow('and fasting?', { sentAt: clock.now() - 100 }),
      sentNow('What breaks prayer', { sentAt: clock.now() - 200 }),
    ]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['What breaks prayer\nand fasting?']);
  });

  it('answers a message that arrives during the turn in the next turn, after its own window', async ({
    clock,
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(async () => {
      await store.accept([sentNow('One more thing')]);
      return 'First.';
    });
    const report = await wake([sentNow()]);
    expect(report.lookAgainAt).toBe(clock.now() + RULES.windowMs);
    await wakeAgain();
    expect(assistant.questions[1]?.text).toBe('One more thing');
    expect(sentTexts()).toEqual(['First.', 'An answer.']);
  });

  it('registers a person once, in the language they write', async ({ assistant, sentNow, wake }) => {
    await wake([sentNow('ما هي الزكاة؟')]);
    await wake([sentNow('وما هو الصوم؟')]);
    expect(assistant.registered).toEqual([{ assistantUserId: AISHA.phone, language: 'ar' }]);
  });

  it('registers a person whose message is only a greeting in the default language, and detects theirs later', async ({
    imageNow,
    assistant,
    sentNow,
    wake,
    sentTexts,
  }) => {
    await wake([sentNow('Assalamu alaikum wa rahmatullahi wa barakatuh')]);
    expect(assistant.registered).toEqual([{ assistantUserId: AISHA.phone, language: 'en' }]);
    // One word is enough while no language is stored.
    await wake([sentNow('Assalamualaikum ustadz, tolong')]);
    await wake([imageNow()]);
    expect(sentTexts().at(-1)).toBe(phrase('unreadable.image', 'id'));
    await wake([sentNow('Ramadan fasting')]);
    await wake([imageNow()]);
    expect(sentTexts().at(-1)).toBe(phrase('unreadable.image', 'id'));
    await wake([sentNow('What is the ruling on fasting when pregnant?')]);
    await wake([imageNow()]);
    expect(sentTexts().at(-1)).toBe(phrase('unreadable.image', 'en'));
  });

  it('continues a thread within the retention time and opens a new one, titled by six words, after it', async ({
    clock,
    assistant,
    sentNow,
    wake,
  }) => {
    await wake([sentNow('one two three four five six seven')]);
    clock.advance(3 * HOUR - 1);
    await wake([sentNow()]);
    clock.advance(3 * HOUR + 1);
    await wake([sentNow()]);
    expect(assistant.opened.map(({ title }) => title)).toEqual([
      'one two three four five six',
      'What is zakat?',
    ]);
    expect(assistant.questions.map(({ threadId }) => threadId)).toEqual(['thread-1', 'thread-1', 'thread-2']);
  });

  it('uses the last thread of the assistant when none is stored', async ({
    clock,
    assistant,
    sentNow,
    wake,
  }) => {
    assistant.last = { id: 'from-before', lastAt: clock.now() - HOUR };
    await wake([sentNow()]);
    expect(assistant.questions[0]?.threadId).toBe('from-before');
    expect(assistant.opened).toEqual([]);
  });

  it('registers the person and opens a thread again when the assistant has forgotten them', async ({
    assistant,
    sentNow,
    wake,
  }) => {
    await wake([sentNow()]);
    assistant.next.push(() => {
      throw new Forgotten('who?');
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'answered', attempt: 1 });
    expect(assistant.registered).toHaveLength(2);
    expect(assistant.questions.at(-1)?.threadId).toBe('thread-2');
  });

  it('shows the typing indicator for the last message', async ({ clock, channel, sentNow, wake }) => {
    const last = sentNow('second', { sentAt: clock.now() + 1 });
    await wake([sentNow('first'), last]);
    expect(channel.typingFor).toEqual([last.id]);
  });

  it('refreshes the typing indicator while the assistant answers, and not afterwards', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wake,
  }) => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const turn = wake([sentNow()]);
    await until(() => channel.typingFor.length === 1);
    clock.advance(20_000);
    await until(() => channel.typingFor.length === 2);
    finish('At last.');
    await turn;
    clock.advance(60_000);
    expect(channel.typingFor).toHaveLength(2);
  });
});
