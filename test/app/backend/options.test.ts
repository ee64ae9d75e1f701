import { expect, test } from 'vitest';
import { readOptions, WrongOption } from '#app/backend/options.ts';

test.each([
  [['--model', 'clever'], '--model must be one of echo, fails, slow, cut, empty.'],
  [['--model'], '--model must be one of echo, fails, slow, cut, empty.'],
  [['--database', 'up'], '--database takes one value: down.'],
  [['--web-user'], '--web-user needs a phone number.'],
  [['--web-user', '--model'], '--web-user needs a phone number.'],
  [['--port=8002'], 'Unexpected argument: `--port=8002`. See --help.'],
  [['fails'], 'Unexpected argument: `fails`. See --help.'],
])('rejects %j', (args, message) => {
  expect(() => readOptions(args)).toThrow(new WrongOption(message));
});

test('reads values after the option or after an equals sign', () => {
  const args = ['--model=slow', '--web-user', '1', '--database', 'down', '--web-user=2'];
  const expected = { help: false, model: 'slow', databaseIsDown: true, webUsers: ['1', '2'] };
  expect(readOptions(args)).toEqual(expected);
});
