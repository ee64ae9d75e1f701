import { existsSync } from 'node:fs';
import { type Call, type Print, runCommand } from '../command.ts';
import { didYouMean } from '../environment.ts';
import { CommandError, UsageError } from '../errors.ts';
import { createProgress, withProgress } from '../progress.ts';
import { parseChannel } from '../simulator/parse-channel.ts';
import { AWS_SCENARIOS } from './aws/scenarios.ts';
import { runEndurance } from './endurance/run.ts';
import type { Load } from './endurance/schedule.ts';
import { type Outcome, runScenario } from './run.ts';
import { SCENARIOS, type ScenarioDefinition } from './scenarios.ts';
import { TWILIO_SCENARIOS } from './twilio-scenarios.ts';

type Scenarios = Readonly<Record<string, ScenarioDefinition>>;

const STORES: Readonly<Record<string, Scenarios>> = { sqlite: SCENARIOS, dynamodb: AWS_SCENARIOS };
const ALL: Scenarios = { ...SCENARIOS, ...AWS_SCENARIOS };

const listed = (scenarios: Scenarios) =>
  Object.entries(scenarios)
    .map(([key, { name }]) => `  ${key.padEnd(12)}${name}`)
    .join('\n');

const HELP = `Usage: npm run chaos [-- <scenario>...] [--store sqlite|dynamodb]
                        [--channel meta|twilio] [--conversations N]
       npm run chaos -- endurance [--minutes N] [--rate N] [--conversations N]

Runs the whole system on this machine, sends many messages while faults are injected, and counts the replies. Without
a name it runs every scenario, or those of one store. Exit codes: 0 nothing was lost, duplicated or reordered, 1 not so,
2 wrong call, 130 interrupted: the programs were ended and their data deleted.

One process, SQLite:

${listed(SCENARIOS)}

A web service and two workers, DynamoDB and SQS. Uses emulators from npm, unless AWS_ENDPOINT_URL_DYNAMODB and
AWS_ENDPOINT_URL_SQS name others. Tables and queues are created there and deleted:

${listed(AWS_SCENARIOS)}

Over Twilio, with --channel twilio; one process, SQLite:

${listed(TWILIO_SCENARIOS)}

Alone, and not in a run of all: endurance sends a steady load for minutes, with a backend outage and two deployments, and
fails as well when memory or descriptors grew or messages still wait. Needs Linux (/proc).

  --minutes N         length of the load (10)
  --rate N            deliveries a second: texts, at most 40, and reactions (1000)

  --channel NAME      the platform at the other end (meta)
  --store NAME        only the scenarios of this store
  --conversations N   number of people, each writing three messages (1000 for SQLite, 100 for DynamoDB,
                      50000 for endurance)
  --json              print one JSON object at the end instead of lines
  --help              this text
`;

const ENDURANCE = 'endurance';

const COLUMNS = ['sent', 'answered', 'lost', 'duplicated', 'reordered', 'seconds'] as const;

const OPTIONS = {
  store: { type: 'string' },
  channel: { type: 'string', default: 'meta' },
  conversations: { type: 'string' },
  json: { type: 'boolean', default: false },
  minutes: { type: 'string' },
  rate: { type: 'string' },
} as const;

await runCommand({ name: 'chaos', help: HELP, options: OPTIONS, run: chaos });

async function chaos({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  const isOverTwilio = parseChannel(values.channel) === 'twilio';
  const ofStore = values.store === undefined ? ALL : STORES[values.store];
  if (ofStore === undefined) throw new UsageError(`--store takes ${Object.keys(STORES).join(' or ')}.`);
  if (isOverTwilio && values.store === 'dynamodb')
    throw new UsageError('--channel twilio has scenarios for SQLite only.');
  const all = isOverTwilio ? TWILIO_SCENARIOS : ALL;
  const conversations = wholeNumber('conversations', values.conversations);
  const minutes = positive('minutes', values.minutes);
  const rate = wholeNumber('rate', values.rate);
  if (args.includes(ENDURANCE)) {
    if (args.length > 1 || isOverTwilio || values.store === 'dynamodb')
      throw new UsageError('endurance runs alone, over Meta and with SQLite.');
    if (values.json) throw new UsageError('endurance prints lines: leave --json out.');
    return endurance({ minutes, rate, conversations }, print);
  }
  if (minutes !== undefined || rate !== undefined)
    throw new UsageError('--minutes and --rate are for endurance.');
  const unknown = args.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no scenario ${unknown.join(', ')}.${didYouMean(unknown[0], [...Object.keys(all), ENDURANCE])}`,
    );
  const names = args.length > 0 ? args : Object.keys(isOverTwilio ? all : ofStore);
  return values.json ? runForJson(all, names, conversations, print) : run(all, names, conversations, print);
}

function positive(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new UsageError(`--${option} takes a number above 0.`);
  return number;
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  const number = value === undefined ? undefined : Number(value);
  if (number !== undefined && (!Number.isInteger(number) || number < 1))
    throw new UsageError(`--${option} takes a whole number from 1.`);
  return number;
}

function endurance(load: { [Name in keyof Load]: number | undefined }, print: Print): Promise<number> {
  if (!existsSync('/proc/self/fd')) throw new CommandError('endurance needs Linux: it reads /proc.');
  const { minutes = 10, rate = 1_000, conversations = 50_000 } = load;
  return runEndurance({ minutes, rate, conversations }, print, createProgress());
}

async function run(
  scenarios: Scenarios,
  names: readonly string[],
  conversations: number | undefined,
  print: Print,
): Promise<number> {
  print(`${'scenario'.padEnd(66)}${COLUMNS.map((column) => column.padStart(11)).join('')}`);
  const results = await runEach(scenarios, names, conversations, ({ name }, outcome) => {
    const disruptions = Object.entries(outcome.disruptions)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
    const figures = COLUMNS.map((column) => String(outcome[column]).padStart(11)).join('');
    print(`${name.padEnd(66)}${figures}  ${disruptions}`);
    if (!isClean(outcome)) console.error(`  failed; logs and data: ${outcome.folder}`);
  });
  return results.every(({ outcome }) => isClean(outcome)) ? 0 : 1;
}

async function runForJson(
  scenarios: Scenarios,
  names: readonly string[],
  conversations: number | undefined,
  print: Print,
): Promise<number> {
  const results = await runEach(scenarios, names, conversations);
  const clean = results.every(({ outcome }) => isClean(outcome));
  const shown = results.map(({ key, scenario: { name }, outcome }) => ({
    ...{ scenario: key, name, clean: isClean(outcome) },
    ...Object.fromEntries(COLUMNS.map((column) => [column, outcome[column]])),
    disruptions: outcome.disruptions,
    // Its logs and data; it is deleted after a clean run.
    ...(!isClean(outcome) && { folder: outcome.folder }),
  }));
  print(JSON.stringify({ clean, scenarios: shown }, undefined, 2));
  return clean ? 0 : 1;
}

interface Result {
  readonly key: string;
  readonly scenario: ScenarioDefinition;
  readonly outcome: Outcome;
}

/** Runs the scenarios one after the other; calls `onOutcome` after each. */
async function runEach(
  scenarios: Scenarios,
  names: readonly string[],
  conversations: number | undefined,
  onOutcome?: (scenario: ScenarioDefinition, outcome: Outcome) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const key of names) {
    const scenario = scenarios[key];
    if (scenario === undefined) continue;
    const outcome = await withProgress(key, () =>
      runScenario(scenario.create(conversations ?? scenario.conversations)),
    );
    onOutcome?.(scenario, outcome);
    results.push({ key, scenario, outcome });
  }
  return results;
}

/** Returns true when nothing was lost, duplicated or reordered, and every process ended as it should. */
function isClean({ lost, duplicated, reordered, disruptions }: Outcome): boolean {
  return lost + duplicated + reordered + (disruptions.badExits ?? 0) === 0;
}
