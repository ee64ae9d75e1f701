import { type Call, runCommand, type Say, Usage } from '../command.ts';
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
  --help              this text
`;

const COLUMNS = ['sent', 'answered', 'lost', 'duplicated', 'reordered', 'seconds'] as const;

const OPTIONS = { store: { type: 'string' }, conversations: { type: 'string' } } as const;

await runCommand({ name: 'chaos', help: HELP, options: OPTIONS, run: chaos });

async function chaos({ values, words, say }: Call<typeof OPTIONS>): Promise<number> {
  const scenarios = values.store === undefined ? ALL : STORES[values.store];
  if (scenarios === undefined) throw new Usage(`--store takes ${Object.keys(STORES).join(' or ')}`);
  const unknown = words.filter((name) => !(name in ALL));
  if (unknown.length > 0) throw new Usage(`no such scenario: ${unknown.join(', ')}`);
  const conversations = values.conversations === undefined ? undefined : Number(values.conversations);
  if (conversations !== undefined && (!Number.isInteger(conversations) || conversations < 1))
    throw new Usage('--conversations takes a whole number from 1');
  return run(words.length > 0 ? words : Object.keys(scenarios), conversations, say);
}

async function run(names: readonly string[], conversations: number | undefined, say: Say): Promise<number> {
  let clean = true;
  say(`${'scenario'.padEnd(66)}${COLUMNS.map((column) => column.padStart(11)).join('')}`);
  for (const name of names) {
    const scenario = ALL[name];
    if (scenario === undefined) continue;
    const outcome = await runStorm(scenario.weather(conversations ?? scenario.conversations));
    clean = report(scenario, outcome, say) && clean;
  }
  return clean ? 0 : 1;
}

/** True when nothing was lost, duplicated or reordered. */
function report({ name }: Scenario, outcome: Outcome, say: Say): boolean {
  const trouble = Object.entries(outcome.trouble)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
  const figures = COLUMNS.map((column) => String(outcome[column]).padStart(11)).join('');
  say(`${name.padEnd(66)}${figures}  ${trouble}`);
  const harm = outcome.lost + outcome.duplicated + outcome.reordered + (outcome.trouble.badExits ?? 0);
  if (harm > 0) console.error(`  not clean; the logs and data: ${outcome.folder}`);
  return harm === 0;
}
