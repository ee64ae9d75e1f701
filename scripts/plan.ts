/** `npm run plan -- <stack>`: what a stack would create and what that costs, without an account or a network. */
import { parseArgs } from 'node:util';
import { makePlan, monthlyCost, type Plan } from './plan/make.ts';
import { ProgramFailed } from './plan/record.ts';
import { planAsText } from './plan/text.ts';
import { Plain } from './release/command.ts';

const HELP = `Usage: npm run plan -- <stack> [--config key=value]... [--json]

Runs the Pulumi program of infra/ and shows every resource that the stack would create, who may do what, and what a
month costs. Nothing is created; no Pulumi CLI, account or network is needed. What is not configured yet is planned
with placeholders and listed at the end.

  <stack>               shared, staging or production
  --config key=value    sets a configuration key for this plan only; environment.NAME=value sets a variable
  --json                the same for programs
  --help                this text

Examples
  npm run plan -- staging
  npm run plan -- production --config compute=ecs-express --config minSize=2
  npm run plan -- shared --json
`;

/** The shape that other programs rely on. A parent is named by its type and name; the stack has none. */
function asJson(plan: Plan) {
  const names = new Map(plan.resources.map(({ urn, type, name }) => [urn, `${type}::${name}`]));
  return {
    stack: plan.stack,
    resources: plan.resources
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .map(({ type, name, parent, inputs }) => ({ type, name, parent: names.get(parent) ?? null, inputs })),
    monthlyCostUsd: monthlyCost(plan),
    missing: plan.missing,
  };
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        config: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(
      `${error instanceof Error ? error.message : error}\nnpm run plan -- --help says what there is.`,
    );
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [stack, ...more] = positionals;
if (stack === undefined || more.length > 0 || !['shared', 'staging', 'production'].includes(stack)) {
  fail('Name one stack: shared, staging or production. npm run plan -- --help says more.');
}
const overrides = values.config.map((given) => {
  const equals = given.indexOf('=');
  if (equals < 1) fail(`--config takes key=value, got ${given}`);
  return [given.slice(0, equals), given.slice(equals + 1)];
});

try {
  const plan = await makePlan(stack, Object.fromEntries(overrides));
  console.log(values.json ? JSON.stringify(asJson(plan), undefined, 2) : planAsText(plan));
} catch (error) {
  if (!(error instanceof ProgramFailed || error instanceof Plain)) throw error;
  fail(error.message);
}
