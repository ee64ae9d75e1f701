import { beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { BILAL } from '../../../fakes/messages.ts';
import { assistant, begin, clock, HOUR, look, lookAgain, now, saidTo } from './story.ts';

beforeEach(begin);

const TWO = { questionsPerDay: 2 };
const image = () => now('', { content: { kind: 'unreadable', type: 'image' } });

const down = () => Promise.reject(new Unavailable('down'));

describe('the limit of questions for one person', () => {
  it('is said once, in the language of the question, and the assistant is not asked', async () => {
    for (const text of ['one?', 'two?'])
      expect(await look([now(text)], TWO)).toMatchObject({ outcome: 'answered' });
    expect(await look([now('ما هي الزكاة وما هي شروطها؟')], TWO)).toMatchObject({
      outcome: 'limited',
      sent: 1,
    });
    expect(saidTo().at(-1)).toMatch(/يُرجى معاودة السؤال غدًا/);
    expect(await look([now('four?')], TWO)).toMatchObject({ outcome: 'limited', sent: 0 });
    expect(await look([image()], TWO)).toMatchObject({ outcome: 'limited', sent: 0 });
    expect(assistant.questions).toHaveLength(2);
    expect(saidTo()).toHaveLength(3);
  });

  it('is said again after six hours, and is over 24 hours after the first question', async () => {
    await look([now('one?')], TWO);
    clock.advance(HOUR);
    for (const text of ['two?', 'three?', 'four?']) await look([now(text)], TWO);
    clock.advance(6 * HOUR);
    expect(await look([now('five?')], TWO)).toMatchObject({ outcome: 'limited', sent: 1 });
    clock.advance(17 * HOUR - 1);
    expect(await look([now('six?')], TWO)).toMatchObject({ outcome: 'limited' });
    clock.advance(1);
    expect(await look([now('seven?')], TWO)).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions.map(({ text }) => text)).toEqual(['one?', 'two?', 'seven?']);
  });

  it('counts what is answered together once, and a turn once however often it fails', async () => {
    await look([now('one?'), now('and this?')], TWO);
    assistant.next.push(down, down);
    await look([now('two?')], TWO);
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      clock.advance(HOUR / 2);
      await lookAgain(TWO);
    }
    expect(assistant.questions).toHaveLength(4);
    expect(saidTo()).toEqual(['An answer.', 'An answer.']);
    expect(await look([now('three?')], TWO)).toMatchObject({ outcome: 'limited' });
  });

  it('counts a question that was put and never answered', async () => {
    assistant.next.push(down);
    await look([now('one?')], { questionsPerDay: 1, maxAttempts: 1 });
    clock.advance(HOUR / 2);
    await lookAgain({ questionsPerDay: 1, maxAttempts: 1 });
    expect(await look([now('two?')], { questionsPerDay: 1 })).toMatchObject({ outcome: 'limited' });
  });

  it('counts nothing that is not put to the assistant', async () => {
    for (let times = 0; times < 3; times += 1) await look([image()], { questionsPerDay: 1 });
    await look([now('!d for another')], { questionsPerDay: 1 });
    expect(await look([now('one?')], { questionsPerDay: 1 })).toMatchObject({ outcome: 'answered' });
  });

  it('is of one person', async () => {
    for (const text of ['one?', 'two?', 'three?']) await look([now(text)], TWO);
    expect(await look([now('one?', { person: BILAL })], TWO)).toMatchObject({ outcome: 'answered' });
  });

  it('is none at 0', async () => {
    for (let times = 0; times < 5; times += 1) {
      expect(await look([now()], { questionsPerDay: 0 })).toMatchObject({ outcome: 'answered' });
    }
  });
});
