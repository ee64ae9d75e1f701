/** `npm run check`: everything that has to pass before a commit. */
import { spawnSync } from 'node:child_process';
import { runCommand } from './command.ts';

const HELP = `Usage: npm run check

Checks types, lint rules, unused code and tests, in this order, and stops at the first failure.
Each part runs alone with npm run types, npm run lint, npm run unused and npm test.

  --help    this text

Exit codes: 0 everything passes, 2 wrong call, otherwise that of the part that failed.
`;

const PARTS = ['types', 'lint', 'unused', 'test'];

await runCommand({
  name: 'check',
  help: HELP,
  options: {},
  maxArgs: 0,
  run: async ({ print }) => {
    for (const part of PARTS) {
      // npm is a script for a shell on Windows. The name of a part is one of the constants above.
      const { status } = spawnSync('npm', ['run', '--silent', part], {
        stdio: 'inherit',
        shell: process.platform === 'win32',
      });
      if (status !== 0) {
        print(`npm run ${part} failed.`);
        return status ?? 1;
      }
    }
    return 0;
  },
});
