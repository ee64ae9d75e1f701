/** `npm run businesses -- <command>`: the businesses of a deployment. */

import { COSTS_HELP, costs } from './businesses/costs.ts';
import { runCommand } from './command.ts';
import { Usage } from './errors.ts';

const HELP = `Usage: npm run businesses -- <command>

${COSTS_HELP}
  --help    this text

Exit codes: 0 done, 1 an error, 2 wrong call.
`;

await runCommand({
  name: 'businesses',
  help: HELP,
  options: {
    month: { type: 'string' },
    business: { type: 'string' },
    rates: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  mostWords: 2,
  run: ({ values, words: [command, store], say }) => {
    if (command !== 'costs') throw new Usage('Name a command: costs.');
    return costs({ ...values, store }, say);
  },
});
