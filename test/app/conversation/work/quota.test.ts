import { describe, expect } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { BILAL } from '../../../fakes/messages.ts';
import { HOUR, turnTest } from './turn-test.ts';

const it = turnTest();

const TWO = { questionsPerDay: 2 };

const down = () => Promise.reject(new Unavailable('down'));

describe('the quota of questions for one person', () => {
  it('is announced once, in the language of the question, and the assistant is not asked', async ({
    imageNow,
    assistant,
    sentNow,
    wake,
    sentTexts,
  }) => {
    for (const text of ['one?', 'two?'])
      expect(await wake([sentNow(text)], TWO)).toMatchObject({ outcome: 'answered' });
    expect(await wake([sentNow('ما هي الزكاة وما هي شروطها؟')], TWO)).toMatchObject({
      outcome: 'limited',
      sent: 1,
    });
    expect(sentTexts().at(-1)).toMatch(/يُرجى معاودة السؤال غدًا/);
    expect(await wake([sentNow('four?')], TWO)).toMatchObject({ outcome: 'limited', sent: 0 });
    expect(await wake([imageNow()], TWO)).toMatchObject({ outcome: 'limited', sent: 0 });
    expect(assistant.questions).toHaveLength(2);
    expect(sentTexts()).toHaveLength(3);
  });

  it('is announced again after six hours, and ends 24 hours after the first question', async ({
    clock,
    assistant,
    sentNow,
    wake,
  }) => {
    await wake([sentNow('one?')], TWO);
    clock.advance(HOUR);
    for (const text of ['two?', 'three?', 'four?']) await wake([sentNow(text)], TWO);
    clock.advance(6 * HOUR);
    expect(await wake([sentNow('five?')], TWO)).toMatchObject({ outcome: 'limited', sent: 1 });
    clock.advance(17 * HOUR - 1);
    expect(await wake([sentNow('six?')], TWO)).toMatchObject({ outcome: 'limited' });
    clock.advance(1);
    expect(await wake([sentNow('seven?')], TWO)).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions.map(({ text }) => text)).toEqual(['one?', 'two?', 'seven?']);
  });

  it('counts messages of one turn once, and a turn once however often it fails', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    await wake([sentNow('one?'), sentNow('and this?')], TWO);
    assistant.next.push(down, down);
    await wake([sentNow('two?')], TWO);
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      clock.advance(HOUR / 2);
      await wakeAgain(TWO);
    }
    expect(assistant.questions).toHaveLength(4);
    expect(sentTexts()).toEqual(['An answer.', 'An answer.']);
    expect(await wake([sentNow('three?')], TWO)).toMatchObject({ outcome: 'limited' });
  });

  it('counts a question that was asked and never answered', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(down);
    await wake([sentNow('one?')], { questionsPerDay: 1, maxAttempts: 1 });
    clock.advance(HOUR / 2);
    await wakeAgain({ questionsPerDay: 1, maxAttempts: 1 });
    expect(await wake([sentNow('two?')], { questionsPerDay: 1 })).toMatchObject({ outcome: 'limited' });
  });

  it('does not count messages that are not sent to the assistant', async ({ imageNow, sentNow, wake }) => {
    for (let times = 0; times < 3; times += 1) await wake([imageNow()], { questionsPerDay: 1 });
    await wake([sentNow('!d for another')], { questionsPerDay: 1 });
    expect(await wake([sentNow('one?')], { questionsPerDay: 1 })).toMatchObject({ outcome: 'answered' });
  });

  it('applies to each person separately', async ({ sentNow, wake }) => {
    for (const text of ['one?', 'two?', 'three?']) await wake([sentNow(text)], TWO);
    expect(await wake([sentNow('one?', { person: BILAL })], TWO)).toMatchObject({ outcome: 'answered' });
  });

  it('is unlimited at 0', async ({ sentNow, wake }) => {
    for (let times = 0; times < 5; times += 1) {
      expect(await wake([sentNow()], { questionsPerDay: 0 })).toMatchObject({ outcome: 'answered' });
    }
  });
});
