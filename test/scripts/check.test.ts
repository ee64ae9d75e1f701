import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/folder.ts';
import { runProgram } from '../fakes/program.ts';

/** Runs the check with an npm whose scripts are these lines of a shell. */
function check(scripts: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const cases = Object.entries(scripts).map(([name, line]) => `${name}) ${line} ;;`);
  const npm = `#!/bin/sh\ncd '${folder}'\necho "$3" >> started\ncase "$3" in\n${cases.join('\n')}\nesac\n`;
  writeFileSync(join(folder, 'npm'), npm);
  chmodSync(join(folder, 'npm'), 0o755);
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  return { folder, ended: runProgram('scripts/check.ts', { PATH }).ended };
}

it('passes when every part does, and shows what the tests print alone', async () => {
  const { folder, ended } = check({ types: 'echo of the types', test: 'echo 12 passed' });
  expect(await ended).toEqual({ code: 0, output: '12 passed\n' });
  const started = readFileSync(join(folder, 'started'), 'utf8').trim().split('\n');
  expect(started.sort()).toEqual(['lint', 'test', 'types', 'unused']);
});

it.each(['types', 'lint', 'unused'])(
  'ends the tests when %s fails, with its output and code',
  async (part) => {
    const { folder, ended } = check({
      [part]: 'until [ -e begun ]; do sleep 0.05; done; echo wrong in line 3; exit 7',
      test: 'touch begun; exec sleep 600',
    });
    expect(await ended).toEqual({ code: 7, output: `wrong in line 3\nnpm run ${part} failed.\n` });
    expect(existsSync(join(folder, 'begun'))).toBe(true);
  },
);

it('fails when the tests do, although the rest passes', async () => {
  const { ended } = check({ test: 'echo 1 failed; exit 1' });
  expect(await ended).toEqual({ code: 1, output: '1 failed\nnpm run test failed.\n' });
});
