import { beforeEach, describe, expect, it } from 'vitest';
import { Forgotten } from '#app/domain/errors.ts';
import { phrase } from '#app/language/phrases.ts';
import { AISHA } from '../../../fakes/messages.ts';
import {
  assistant,
  begin,
  channel,
  clock,
  HOUR,
  look,
  lookAgain,
  now,
  RULES,
  saidTo,
  store,
  until,
} from './story.ts';

beforeEach(begin);

describe('a turn', () => {
  it('asks the assistant and sends its words to the person, marked with the key of the part', async () => {
    const report = await look([now()]);
    expect(report).toMatchObject({ outcome: 'answered', attempt: 1, sent: 1 });
    expect(saidTo()).toEqual(['An answer.']);
    expect(channel.taken[0]?.to).toEqual(AISHA);
    expect(assistant.questions).toEqual([
      { assistantUserId: AISHA.phone, threadId: 'thread-1', text: 'What is zakat?' },
    ]);
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('merges the bubbles of one window into one question, in the order they were sent', async () => {
    await look([
      now('and fasting?', { sentAt: clock.now() - 100 }),
      now('What breaks prayer', { sentAt: clock.now() - 200 }),
    ]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['What breaks prayer\nand fasting?']);
  });

  it('answers what came meanwhile in the next turn, after its own window', async () => {
    assistant.next.push(async () => {
      await store.accept([now('One more thing')]);
      return 'First.';
    });
    const report = await look([now()]);
    expect(report.lookAgainAt).toBe(clock.now() + RULES.windowMs);
    await lookAgain();
    expect(assistant.questions[1]?.text).toBe('One more thing');
    expect(saidTo()).toEqual(['First.', 'An answer.']);
  });

  it('registers a person once, in the language they write', async () => {
    await look([now('ما هي الزكاة؟')]);
    await look([now('وما هو الصوم؟')]);
    expect(assistant.registered).toEqual([{ assistantUserId: AISHA.phone, language: 'ar' }]);
  });

  it('registers a person who only greets in the default language, and detects theirs later', async () => {
    const photo = () => now('', { content: { kind: 'unreadable', type: 'image' } });
    await look([now('Assalamu alaikum wa rahmatullahi wa barakatuh')]);
    expect(assistant.registered).toEqual([{ assistantUserId: AISHA.phone, language: 'en' }]);
    // One word is enough while no language is stored.
    await look([now('Assalamualaikum ustadz, tolong')]);
    await look([photo()]);
    expect(saidTo().at(-1)).toBe(phrase('unreadable.image', 'id'));
    await look([now('Ramadan fasting')]);
    await look([photo()]);
    expect(saidTo().at(-1)).toBe(phrase('unreadable.image', 'id'));
    await look([now('What is the ruling on fasting when pregnant?')]);
    await look([photo()]);
    expect(saidTo().at(-1)).toBe(phrase('unreadable.image', 'en'));
  });

  it('goes on in a thread within the retention time and opens a new one, titled by six words, after it', async () => {
    await look([now('one two three four five six seven')]);
    clock.advance(3 * HOUR - 1);
    await look([now()]);
    clock.advance(3 * HOUR + 1);
    await look([now()]);
    expect(assistant.opened.map(({ title }) => title)).toEqual([
      'one two three four five six',
      'What is zakat?',
    ]);
    expect(assistant.questions.map(({ threadId }) => threadId)).toEqual(['thread-1', 'thread-1', 'thread-2']);
  });

  it('uses the last thread of the assistant when none is stored', async () => {
    assistant.last = { id: 'from-before', lastAt: clock.now() - HOUR };
    await look([now()]);
    expect(assistant.questions[0]?.threadId).toBe('from-before');
    expect(assistant.opened).toEqual([]);
  });

  it('starts over when the assistant has forgotten the person', async () => {
    await look([now()]);
    assistant.next.push(() => {
      throw new Forgotten('who?');
    });
    expect(await look([now()])).toMatchObject({ outcome: 'answered', attempt: 1 });
    expect(assistant.registered).toHaveLength(2);
    expect(assistant.questions.at(-1)?.threadId).toBe('thread-2');
  });

  it('shows typing for the last message', async () => {
    const last = now('second', { sentAt: clock.now() + 1 });
    await look([now('first'), last]);
    expect(channel.typingFor).toEqual([last.id]);
  });

  it('refreshes typing while the assistant thinks, and not after', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const looking = look([now()]);
    await until(() => channel.typingFor.length === 1);
    clock.advance(20_000);
    await until(() => channel.typingFor.length === 2);
    finish('At last.');
    await looking;
    clock.advance(60_000);
    expect(channel.typingFor).toHaveLength(2);
  });
});
