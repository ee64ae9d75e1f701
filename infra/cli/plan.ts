/** `npm run plan -- <stack>`: prints what a stack would create and cost, without an account or a network. */
import { readFileSync } from 'node:fs';
import { type Call, CommandError, runCommand, UsageError } from '../../scripts/command.ts';
import { asEnvironment, didYouMean } from '../../scripts/environment.ts';
import { ENVIRONMENTS, isSharedStack } from '../names.ts';
import { differenceAsText } from './plan/difference.ts';
import { asJson, itemised, readPlanJson } from './plan/json.ts';
import { makePlan } from './plan/make.ts';
import { ProgramFailed } from './plan/record.ts';
import { planAsText } from './plan/text.ts';
import { DEFAULT_MESSAGES } from './plan/traffic.ts';

const HELP = `Usage: npm run plan -- <stack> [--config key=value]... [--messages <n>] [--json | --against <file>]

Runs the Pulumi program of infra/ and prints every resource that the stack would create, the permissions of every role,
and the monthly cost. Creates nothing; needs no Pulumi CLI, account or network. Values that are not configured yet are
planned with placeholders and listed at the end.

  <stack>               shared, staging or production; shared-<name> in another account
  --config key=value    sets a configuration key for this plan only; environment.NAME=value sets a variable
  --messages <n>        answered messages a month, for the cost (${DEFAULT_MESSAGES})
  --json                print JSON
  --against <file>      print only the differences from a plan that --json wrote into a file
  --help                this text

Examples
  npm run plan -- staging
  npm run plan -- production --config compute=ecs-express --config minSize=2
  npm run plan -- production --messages 1000000 --config worker=fargate
  npm run --silent plan -- shared --json > before.json
  npm run plan -- shared --against before.json

Exit codes: 0 planned, 1 the program rejects the configuration, 2 wrong usage.
`;

const STACKS = ['shared', ...ENVIRONMENTS];
const isStack = (name: string) => isSharedStack(name) || asEnvironment(name) !== undefined;

/** Beyond this volume the stack would need another design. */
const MAX_MESSAGES = 1_000_000_000;

const OPTIONS = {
  config: { type: 'string', multiple: true, default: [] as string[] },
  messages: { type: 'string' },
  json: { type: 'boolean', default: false },
  against: { type: 'string' },
} as const;

await runCommand({ name: 'plan', help: HELP, options: OPTIONS, maxArgs: 1, run: showPlan });

async function showPlan({ values, args: [stack = ''], print }: Call<typeof OPTIONS>): Promise<number> {
  if (!isStack(stack))
    throw new UsageError(`Name one stack: shared, staging or production.${didYouMean(stack, STACKS)}`);
  const overrides = values.config.map((override) => {
    const equals = override.indexOf('=');
    if (equals < 1) throw new UsageError(`--config takes key=value, got ${override}`);
    return [override.slice(0, equals), override.slice(equals + 1)];
  });
  if (values.json && values.against !== undefined)
    throw new UsageError('Take --json or --against, not both.');
  const before = values.against === undefined ? undefined : planIn(values.against, stack);
  const messages = messagesIn(values.messages);
  try {
    const plan = await makePlan(stack, Object.fromEntries(overrides), messages);
    const json = messages === undefined ? asJson(plan) : { ...asJson(plan), ...itemised(plan) };
    if (before !== undefined) print(differenceAsText(before, asJson(plan)));
    else print(values.json ? JSON.stringify(json, undefined, 2) : planAsText(plan));
    return 0;
  } catch (error) {
    if (error instanceof ProgramFailed) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** The plan in a file. Throws `CommandError` when there is none, or one of another stack. */
function planIn(file: string, stack: string) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  const plan = readPlanJson(text, file);
  if (plan.stack !== stack) throw new CommandError(`${file} is a plan of ${plan.stack}, not of ${stack}`);
  return plan;
}

function messagesIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= MAX_MESSAGES) return count;
  throw new UsageError(
    `--messages takes a whole number of messages a month, at most ${MAX_MESSAGES.toLocaleString('en')}, got ${text}`,
  );
}
