import { describe, expect, test } from 'vitest';
import { answerAt, endOf } from '#app/assistants/ansari-history.ts';

const user = (content: unknown) => ({ role: 'user', content });
const model = (content: unknown) => ({ role: 'assistant', content });
const CALL = [{ type: 'tool_use', id: 'toolu_1', name: 'search_quran', input: { query: 'q' } }];
const RESULT = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'see below' }];

describe('the end of a thread, for the question "two"', () => {
  test.each<[string, Parameters<typeof endOf>[0], ReturnType<typeof endOf>]>([
    ['an empty thread', [], { questions: 0, last: 'other' }],
    ['another question', [user('one'), model('1')], { questions: 1, last: 'other' }],
    ['an answer', [user('two'), model('2')], { questions: 1, last: 'answered', answer: { text: '2' } }],
    ['no answer yet', [user('one'), model('1'), user('two')], { questions: 2, last: 'open' }],
    ['a tool that is running', [user('two'), model(CALL)], { questions: 1, last: 'open' }],
    ['a tool that has returned', [user('two'), model('Wait.'), user(RESULT)], { questions: 1, last: 'open' }],
    [
      'text around tool calls',
      [user('two'), model(CALL), user(RESULT), model('A.'), user(RESULT), model('B.')],
      { questions: 1, last: 'answered', answer: { text: 'A.\n\nB.' } },
    ],
    ['an empty answer', [user('two'), model('')], { questions: 1, last: 'failed' }],
    [
      'a model that failed during its answer',
      [
        user('two'),
        model('A.'),
        user(RESULT),
        model('I encountered a problem processing your request. Please try again or rephrase your question.'),
      ],
      { questions: 1, last: 'failed' },
    ],
    [
      'a model that was stuck in a loop',
      [user('two'), model('I got stuck in a loop. Please rephrase your question.')],
      { questions: 1, last: 'failed' },
    ],
    [
      'a late answer to the previous question',
      [user('one'), user('two'), model('1')],
      { questions: 2, last: 'other' },
    ],
    [
      'tool calls of the previous question',
      [user('one'), model(CALL), user(RESULT), user('two'), model('1')],
      { questions: 2, last: 'other' },
    ],
    [
      'the same question twice, the first one unanswered',
      [user('two'), user('two'), model('2')],
      { questions: 2, last: 'answered', answer: { text: '2' } },
    ],
    [
      'the same question twice, answered before',
      [user('two'), model('2'), user('two')],
      { questions: 2, last: 'open' },
    ],
    [
      'white space around the text',
      [user(' two\n'), model('2')],
      { questions: 1, last: 'answered', answer: { text: '2' } },
    ],
  ])('%s', (_case, entries, end) => {
    expect(endOf(entries, 'two')).toEqual(end);
  });
});

describe('the answers of a thread, by position', () => {
  const entries = [
    ...[user('one'), model(CALL), user(RESULT), model('A.'), user(RESULT), model('B.')],
    ...[user('two'), model('')],
    ...[user('three'), user('four'), model('4'), user('five'), model('Wait.'), user(RESULT)],
  ];

  test.each([
    [0, undefined],
    [1, 'A.\n\nB.'],
    [2, undefined],
    [3, undefined],
    [4, '4'],
    [5, undefined],
    [6, undefined],
    [1.5, undefined],
    [-1, undefined],
  ])('%d', (position, answer) => {
    expect(answerAt(entries, position)).toBe(answer);
  });
});
