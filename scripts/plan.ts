/** `npm run plan -- <stack>`: what a stack would create and what that costs, without an account or a network. */
import { ENVIRONMENTS } from '../infra/names.ts';
import { type Call, Plain, runCommand, Usage } from './command.ts';
import { makePlan, monthlyCost, type Plan } from './plan/make.ts';
import { ProgramFailed } from './plan/record.ts';
import { planAsText } from './plan/text.ts';
import { USUAL_MESSAGES } from './plan/traffic.ts';
import { toTheCent, workersOf } from './plan/workers.ts';

const HELP = `Usage: npm run plan -- <stack> [--config key=value]... [--messages <n>] [--json]

Runs the Pulumi program of infra/ and shows every resource that the stack would create, who may do what, and what a
month costs. Nothing is created; no Pulumi CLI, account or network is needed. What is not configured yet is planned
with placeholders and listed at the end.

  <stack>               shared, staging or production
  --config key=value    sets a configuration key for this plan only; environment.NAME=value sets a variable
  --messages <n>        answered messages a month, for which the cost is (${USUAL_MESSAGES})
  --json                the same for programs
  --help                this text

Examples
  npm run plan -- staging
  npm run plan -- production --config compute=ecs-express --config minSize=2
  npm run plan -- production --messages 1000000 --config worker=fargate
  npm run plan -- shared --json

Exit codes: 0 planned, 1 the program refuses the configuration, 2 wrong call.
`;

/** Above it a stack would be another one than this. */
const MAX_MESSAGES = 1_000_000_000;

const STACKS: readonly string[] = ['shared', ...ENVIRONMENTS];

/**
 * The shape that other programs rely on. A parent is named by its type and name; the stack has none. Who names the
 * messages gets the items of the cost, and both workers.
 */
function asJson(plan: Plan, isItemised: boolean) {
  const names = new Map(plan.resources.map(({ urn, type, name }) => [urn, `${type}::${name}`]));
  return {
    stack: plan.stack,
    resources: plan.resources
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .map(({ type, name, parent, inputs }) => ({ type, name, parent: names.get(parent) ?? null, inputs })),
    monthlyCostUsd: monthlyCost(plan),
    missing: plan.missing,
    ...(isItemised
      ? {
          messages: plan.messages,
          cost: plan.cost.map(({ what, usd, how }) => ({ what, usd: toTheCent(usd), how })),
          workers: workersOf(plan) ?? null,
        }
      : {}),
  };
}

const OPTIONS = {
  config: { type: 'string', multiple: true, default: [] as string[] },
  messages: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'plan', help: HELP, options: OPTIONS, mostWords: 1, run: showPlan });

async function showPlan({ values, words: [stack = ''], say }: Call<typeof OPTIONS>): Promise<number> {
  if (!STACKS.includes(stack)) throw new Usage('Name one stack: shared, staging or production.');
  const overrides = values.config.map((given) => {
    const equals = given.indexOf('=');
    if (equals < 1) throw new Usage(`--config takes key=value, got ${given}`);
    return [given.slice(0, equals), given.slice(equals + 1)];
  });
  const messages = messagesIn(values.messages);
  try {
    const plan = await makePlan(stack, Object.fromEntries(overrides), messages);
    say(values.json ? JSON.stringify(asJson(plan, messages !== undefined), undefined, 2) : planAsText(plan));
    return 0;
  } catch (error) {
    if (error instanceof ProgramFailed) throw new Plain(error.message, { cause: error });
    throw error;
  }
}

function messagesIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= MAX_MESSAGES) return count;
  throw new Usage(
    `--messages takes a whole number of messages a month, at most ${MAX_MESSAGES.toLocaleString('en')}, got ${text}`,
  );
}
