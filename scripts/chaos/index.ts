import { parseArgs } from 'node:util';
import { AWS_SCENARIOS } from './aws/scenarios.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { type Outcome, runStorm } from './storm.ts';

type Scenarios = Readonly<Record<string, Scenario>>;

const STORES: Readonly<Record<string, Scenarios>> = { sqlite: SCENARIOS, dynamodb: AWS_SCENARIOS };
const ALL: Scenarios = { ...SCENARIOS, ...AWS_SCENARIOS };

const listed = (scenarios: Scenarios) =>
  Object.entries(scenarios)
    .map(([key, { name }]) => `  ${key.padEnd(12)}${name}`)
    .join('\n');

const HELP = `Usage: npm run chaos [-- <scenario>...] [--store sqlite|dynamodb] [--conversations N]

Runs the whole system on this machine, lets many people write at once while everything goes wrong, and counts.
Exit code 1 unless nothing was lost, duplicated or reordered. Without a name it runs every scenario, or those of a store.

One process, SQLite:

${listed(SCENARIOS)}

A door and two workers, DynamoDB and SQS. The emulators of npm, unless AWS_ENDPOINT_URL_DYNAMODB and
AWS_ENDPOINT_URL_SQS name others; tables and queues are made there and deleted:

${listed(AWS_SCENARIOS)}

  --store NAME        the scenarios of this store only
  --conversations N   people who write three messages each; 1000 for SQLite, 100 for DynamoDB
`;

const COLUMNS = ['sent', 'answered', 'lost', 'duplicated', 'reordered', 'seconds'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    store: { type: 'string' },
    conversations: { type: 'string' },
  },
});

if (values.help) process.stdout.write(HELP);
else {
  const scenarios = values.store === undefined ? ALL : STORES[values.store];
  const conversations = values.conversations === undefined ? undefined : Number(values.conversations);
  const names = positionals.length > 0 ? positionals : Object.keys(scenarios ?? {});
  const unknown = names.filter((name) => !(name in ALL));
  if (scenarios === undefined) misunderstood(`--store takes ${Object.keys(STORES).join(' or ')}`);
  else if (unknown.length > 0) misunderstood(`no such scenario: ${unknown.join(', ')}`);
  else if (conversations !== undefined && (!Number.isInteger(conversations) || conversations < 1))
    misunderstood('--conversations takes a whole number from 1');
  else await run(names, conversations);
}

function misunderstood(why: string): void {
  console.error(why);
  process.exitCode = 2;
}

async function run(names: readonly string[], conversations: number | undefined): Promise<void> {
  console.log(`${'scenario'.padEnd(66)}${COLUMNS.map((column) => column.padStart(11)).join('')}`);
  for (const name of names) {
    const scenario = ALL[name];
    if (scenario === undefined) continue;
    const outcome = await runStorm(scenario.weather(conversations ?? scenario.conversations));
    report(scenario, outcome);
  }
}

function report({ name }: Scenario, outcome: Outcome): void {
  const trouble = Object.entries(outcome.trouble)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
  const figures = COLUMNS.map((column) => String(outcome[column]).padStart(11)).join('');
  console.log(`${name.padEnd(66)}${figures}  ${trouble}`);
  if (outcome.lost + outcome.duplicated + outcome.reordered > 0 || (outcome.trouble.badExits ?? 0) > 0) {
    console.error(`  not clean; the logs and data: ${outcome.folder}`);
    process.exitCode = 1;
  }
}
