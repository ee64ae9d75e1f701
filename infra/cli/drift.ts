/** `npm run drift -- <stack>`: compares the account with the state of the stack, without decrypting a secret. */

import { type Print, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import type { EnvironmentName } from '../names.ts';
import { compareParameters, parametersIn } from './drift/parameters.ts';
import { refreshCopy } from './drift/refresh.ts';
import { reportDrift } from './drift/report.ts';
import { exportState, withoutSecrets } from './drift/state.ts';
import { ensurePulumi } from './release/pulumi.ts';
import { awsOf, requireAccountOf } from './release/stack.ts';

const HELP = `Usage: npm run drift -- <stack>

Compares the resources of an environment in AWS with the state of its stack, and changes neither. Decrypts no secret:
a copy of the state without secrets is refreshed, and parameters are compared by version, type and key, not by value.
Committed changes that are not deployed yet do not count.

  <stack>    staging or production
  --help     this text

In GitHub Actions it writes the output <stack>: same or differs. Nothing is written when the comparison failed.

Exit codes: 0 no difference, 1 the comparison failed, 2 wrong usage, 3 something differs.`;

const DIFFERS = 3;

await runCommand({
  name: 'drift',
  help: HELP,
  // Drift changes nothing in any case.
  options: { 'dry-run': { type: 'boolean', default: false } },
  maxArgs: 1,
  run: ({ args: [stack], print }) => drift(environmentOf(stack), print),
});

async function drift(stack: EnvironmentName, print: Print): Promise<number> {
  await ensurePulumi();
  const aws = awsOf(stack);
  await requireAccountOf(aws, stack);
  const state = await exportState(stack);
  const { copy, notCompared } = withoutSecrets(state);
  const differences = [
    ...(await refreshCopy(stack, copy)),
    ...(await compareParameters(aws.ssm, stack, parametersIn(state))),
  ];
  reportDrift({ stack, differences, notCompared, environment: process.env, print });
  return differences.length === 0 ? 0 : DIFFERS;
}
