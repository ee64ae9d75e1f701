/** `npm run check`: everything that has to pass before a commit. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { runCommand } from './command.ts';

const HELP = `Usage: npm run check

Checks types, lint rules, unused code and tests, side by side, and stops at the first failure.
Each part runs alone with npm run types, npm run lint, npm run unused and npm test.

  --help    this text

Exit codes: 0 everything passes, 2 wrong call, otherwise that of the part that failed.
`;

/** These take seconds; what they print is shown when they fail. */
const STATIC_PARTS = ['types', 'lint', 'unused'];

interface Part {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves to the exit code, 1 when a signal ended it. */
  readonly ended: Promise<number>;
  readonly output: () => string;
}

/** Starts one of the scripts of package.json, whose names are constants of this file. */
function start(name: string, output: 'shown' | 'kept'): Part {
  const child = spawn('npm', ['run', '--silent', name], {
    stdio: output === 'shown' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    // npm is a script for a shell on Windows.
    shell: process.platform === 'win32',
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : 1));
  return { name, child, ended, output: () => printed };
}

await runCommand({
  name: 'check',
  help: HELP,
  options: {},
  maxArgs: 0,
  run: async ({ print }) => {
    const parts = [...STATIC_PARTS.map((name) => start(name, 'kept')), start('test', 'shown')];
    const failures = parts.map(async (part) => {
      const code = await part.ended;
      return code === 0 ? undefined : { part, code };
    });
    const failure = await firstOf(failures);
    if (failure === undefined) return 0;
    // npm passes the signal on to the program that it runs.
    for (const { child } of parts) child.kill();
    await Promise.all(parts.map(({ ended }) => ended));
    print(`${failure.part.output()}npm run ${failure.part.name} failed.`);
    return failure.code;
  },
});

/** Resolves to the first value that there is, undefined when there is none. */
async function firstOf<Value>(all: readonly Promise<Value | undefined>[]): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    for (const one of all) one.then((value) => value !== undefined && resolve(value), reject);
    Promise.all(all).then(() => resolve(undefined), reject);
  });
}
