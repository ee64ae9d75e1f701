import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createEchoAssistant, echo } from '#app/assistants/echo.ts';
import { assistantContract } from '../../contracts/assistant.ts';

assistantContract(
  'Echo',
  async () => ({ assistant: createEchoAssistant({ newId: randomUUID }), async close() {} }),
  {
    rejectsUnknownThreads: false,
    findsThreads: false,
    readsThreads: false,
    countsTokens: false,
    handsOffFor: '/human',
  },
);

test('quotes every line', () => {
  expect(echo('one\ntwo three\n')).toBe(
    '**You wrote:**\n\n> one\n> two three\n\n- words: **3**\n- _This is an echo, not an answer._',
  );
});

test('replies in Arabic to Arabic, also with a foreign word in it', () => {
  expect(echo('ما معنى الصبر؟')).toContain('عدد الكلمات: **3**');
  expect(echo('ما معنى API؟')).toContain('عدد الكلمات: **3**');
  expect(echo('What is صبر exactly?')).toContain('words: **4**');
});

test('counts a word with vowel signs as one word', () => {
  expect(echo('الصَّبْرُ')).toContain('**1**');
});
