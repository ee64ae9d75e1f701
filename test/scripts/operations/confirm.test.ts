import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { UsageError } from '#scripts/errors.ts';
import { confirm } from '#scripts/operations/confirm.ts';

const WHAT = 'Deletes 2 dead letters.';

function terminal(typed: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(typed);
  return { input, output: new PassThrough() };
}

it.each([
  ['yes\n', true],
  [' YES \n', true],
  ['y\n', false],
  ['\n', false],
  ['no\n', false],
])('takes %j as %s', async (typed, wanted) => {
  const { input, output } = terminal(typed);
  expect(await confirm({ what: WHAT, yes: false, input, output })).toBe(wanted);
  output.end();
  expect(await text(output)).toContain(`${WHAT} Type "yes" to go on: `);
});

it('asks nobody when it was told yes', async () => {
  const { input, output } = terminal('no\n');
  expect(await confirm({ what: WHAT, yes: true, input, output })).toBe(true);
});

it('refuses where nobody can be asked', async () => {
  const asked = confirm({ what: WHAT, yes: false, input: new PassThrough(), output: new PassThrough() });
  await expect(asked).rejects.toThrow(new UsageError(`${WHAT} Nobody can be asked here: add --yes.`));
});
