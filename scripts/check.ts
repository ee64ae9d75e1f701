/** `npm run check`: everything that has to pass before a commit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runCommand } from './command.ts';
import { onInterrupt } from './interrupt.ts';

const HELP = `Usage: npm run check

Checks types, lint rules, unused code and tests, in this order, and stops at the first failure.
Each part runs alone with npm run types, npm run lint, npm run unused and npm test.

  --help    this text

Exit codes: 0 everything passes, 2 wrong call, 130 interrupted, otherwise that of the part that failed.
`;

const PARTS = ['types', 'lint', 'unused', 'test'];

await runCommand({
  name: 'check',
  help: HELP,
  options: {},
  maxArgs: 0,
  run: async ({ print }) => {
    for (const part of PARTS) {
      // The parts are silent for long: tsc prints nothing until it ends.
      print(`== ${part}`);
      const status = await run(part);
      if (status !== 0) {
        print(`npm run ${part} failed.`);
        return status ?? 1;
      }
    }
    return 0;
  },
});

/** Resolves to the exit code; null when a signal ended the part. */
async function run(part: string): Promise<number | null> {
  // npm is a script for a shell on Windows. The name of a part is one of the constants above.
  const child = spawn('npm', ['run', '--silent', part], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const exited = once(child, 'exit');
  const takeBack = onInterrupt(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const [status] = await exited;
  takeBack();
  return status as number | null;
}
