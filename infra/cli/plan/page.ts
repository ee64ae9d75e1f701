/** `docs/infrastructure.md`: the plans of the three stacks as a page, with a diagram of the permissions. */
import { assumptionsOf } from './cost.ts';
import type { RecordedResource } from './engine.ts';
import { principalsIn } from './grants.ts';
import { makePlan, monthlyCost, type Plan } from './make.ts';
import { PRICES, PRICES_REGION } from './prices.ts';
import { costLines, grantsOf, treeOf } from './text.ts';
import { monthlyCostWith } from './workers.ts';

/** Resolves to the page. Reads nothing but the repository; uses the plans that the caller has made already. */
export async function infrastructurePage(plans: { staging?: Plan; production?: Plan } = {}): Promise<string> {
  const [shared, staging, production, express, fargate] = await Promise.all([
    makePlan('shared'),
    plans.staging ?? makePlan('staging'),
    plans.production ?? makePlan('production'),
    makePlan('production', { compute: 'ecs-express' }),
    makePlan('production', { worker: 'fargate' }),
  ]);
  return [
    '# What runs in AWS',
    '',
    '`npm run docs` generates this page from the Pulumi program; a test fails when it is out of date.',
    '`npm run plan -- <stack>` prints the same for your own configuration.',
    '',
    ...picture(production),
    '',
    `| stack | what it is | a month |`,
    '| --- | --- | --- |',
    `| \`shared\` | what an account has once | $${monthlyCost(shared).toFixed(2)} |`,
    `| \`staging\` | the service, small and unprotected | $${monthlyCost(staging).toFixed(2)} |`,
    `| \`production\` | the service, its data protected | $${monthlyCost(production).toFixed(2)} |`,
    `| \`production\` with \`compute: ecs-express\` | the same on Amazon ECS Express Mode | $${monthlyCost(express).toFixed(2)} |`,
    '',
    ...byMessages(production, express),
    ...section(shared),
    ...section(production),
    '`staging` is the same with other sizes, and none of it is protected.',
    '',
    '## With `compute: ecs-express`',
    '',
    'Only the web service differs:',
    '',
    ...block(onlyPart('web', treeOf(express))),
    '',
    ...block(costLines(express)),
    '',
    '## With `worker: fargate`',
    '',
    'Only the worker differs:',
    '',
    ...block(onlyPart('worker', treeOf(fargate))),
    '',
    ...block(costLines(fargate)),
    '',
    '## Prices',
    '',
    `On-demand, ${PRICES_REGION}, US dollars.`,
    '',
    '| what | price | per | seen |',
    '| --- | --- | --- | --- |',
    ...Object.entries(PRICES).map(
      ([what, { usd, per, page, seen }]) => `| ${spacedWords(what)} | ${usd} | ${per} | [${seen}](${page}) |`,
    ),
    '',
  ].join('\n');
}

function section(plan: Plan): string[] {
  return [
    `## \`${plan.stack}\``,
    '',
    ...block(treeOf(plan)),
    '',
    'Who may do what:',
    '',
    ...block(grantsOf(plan)),
    '',
    `About $${monthlyCost(plan).toFixed(2)} a month:`,
    '',
    ...block(costLines(plan)),
    '',
    'It is assumed:',
    '',
    ...assumptionsOf(plan.stack, plan.messages).map((sentence) => `- ${sentence}`),
    '',
  ];
}

function block(lines: readonly string[]): string[] {
  return ['```text', ...lines, '```'];
}

/** The lines of one part of a tree. */
function onlyPart(name: string, lines: readonly string[]): string[] {
  const from = lines.indexOf(name);
  const until = lines.indexOf('', from);
  return lines.slice(from, until);
}

const VOLUMES = [10_000, 100_000, 1_000_000, 10_000_000];

/** What a month of `production` costs, by its messages, on each compute with each worker. */
function byMessages(onAppRunner: Plan, onExpress: Plan): string[] {
  const columns = [onAppRunner, onExpress].flatMap(({ resources }) =>
    (['lambda', 'fargate'] as const).map(
      (kind) => (messages: number) => `$${monthlyCostWith(kind, resources, messages).toFixed(0)}`,
    ),
  );
  return [
    'A month of `production` by the messages that it answers, with a worker that is large enough for them:',
    '',
    '| messages | App Runner, lambda | App Runner, fargate | ECS Express, lambda | ECS Express, fargate |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...VOLUMES.map(
      (messages) =>
        `| ${messages.toLocaleString('en')} | ${columns.map((usd) => usd(messages)).join(' | ')} |`,
    ),
    '',
  ];
}

/** An arrow for each grant from a program to a thing it reaches. */
function picture({ resources, stack }: Plan): string[] {
  const things = resources.filter(({ type }) => THINGS.includes(type));
  const arrows = principalsIn(resources, stack).flatMap(({ name, may }) =>
    may.flatMap(({ what, on }) =>
      things
        .filter((thing) => on.split(', ').includes(thing.name))
        .filter(() => !what.startsWith('see '))
        .map((thing) => `  ${name.replace('the ', '').replaceAll(' ', '_')} -->|${what}| ${idOf(thing)}`),
    ),
  );
  return [
    '```mermaid',
    'flowchart LR',
    '  platforms(["Meta, Twilio"]) -->|deliveries| web_service["web service"]',
    '  worker["worker"] -->|replies| platforms',
    '  worker -->|questions| assistant(["assistant"])',
    ...things.map((thing) => `  ${idOf(thing)}[("${thing.name}")]`),
    '  turns -->|after the last receive| turns_dead',
    ...arrows,
    '  parameters[("parameters")] -->|at deployment| web_service',
    '  parameters -->|at cold start| worker',
    '  sweep{{"every minute"}} --> worker',
    '  turns_dead --> alarms{{"alarms"}}',
    '  web_service --> alarms',
    '  worker --> alarms',
    '```',
  ];
}

const THINGS = ['aws:dynamodb/table:Table', 'aws:sqs/queue:Queue'];

function idOf({ name }: RecordedResource): string {
  return name.replaceAll('-', '_');
}

function spacedWords(camelCase: string): string {
  return camelCase.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
}
