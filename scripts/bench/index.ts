import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Call, type Print, runCommand } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Plan as BusinessPlan } from './businesses/run.ts';
import { ratiosOf, reportOf } from './report.ts';
import { type Plan, runBench } from './run.ts';

const HELP = `Usage: npm run bench [-- [businesses] [--quick] [--json]]

Measures how many signed deliveries the webhook app accepts, next to a bare HTTP server and to the limit of durable
storage, in one run on this machine (Linux): capacity, latency at fixed rates, CPU and memory. Bundles the app first.
Takes about four minutes on an idle machine. Samples that other processes disturbed are repeated once.

  businesses  measures one service with 1,000 businesses in the MongoDB of MONGODB_URI instead: acceptance, answers while
              one business floods, and MongoDB going away; exits 1 when a target is missed

  --quick   fewer and shorter rounds, for a first impression only
  --json    every sample as JSON, instead of the table
  --help    this text

docs/performance.md has the last results and explains the figures.
`;

const FULL: Plan = { rounds: 5, requests: 40_000, openLoopSeconds: 10, answered: 20_000 };
const QUICK: Plan = { rounds: 2, requests: 15_000, openLoopSeconds: 2, answered: 5_000 };

const MANY: BusinessPlan = {
  ...{ businesses: 1_000, connections: 500, rounds: 3, accepted: 20_000 },
  ...{ answered: 10_000, openLoopSeconds: 10, outageSeconds: 60 },
};
const FEWER: BusinessPlan = {
  ...{ businesses: 1_000, connections: 500, rounds: 2, accepted: 8_000 },
  ...{ answered: 3_000, openLoopSeconds: 3, outageSeconds: 15 },
};

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'bench', help: HELP, options: OPTIONS, maxArgs: 1, run: bench });

async function bench({ values, args: [subject], print }: Call<typeof OPTIONS>): Promise<number> {
  if (subject !== undefined && subject !== 'businesses')
    throw new UsageError(`Unknown subject: \`${subject}\`.`);
  if (process.platform !== 'linux') {
    throw new CommandError('The benchmark reads CPU and memory from /proc, which only Linux has.');
  }
  if (subject === 'businesses') return benchBusinesses(values, print);
  bundle();
  const results = await runBench(values.quick ? QUICK : FULL, (progress) => console.error(progress));
  const ratios = Object.fromEntries(ratiosOf(results).map(({ name, value }) => [name, value]));
  print(values.json ? JSON.stringify({ ...results, ratios }, null, 2) : reportOf(results));
  return 0;
}

async function benchBusinesses(
  { quick, json }: { readonly quick: boolean; readonly json: boolean },
  print: Print,
): Promise<number> {
  const uri = process.env.MONGODB_URI;
  if (uri === undefined || uri === '')
    throw new CommandError(
      'Set MONGODB_URI to a MongoDB of this machine, such as mongodb://127.0.0.1:27017.',
    );
  bundle();
  // Loaded on demand: the other figures need no driver.
  const { runBusinesses } = await import('./businesses/run.ts');
  const { problemsOf, reportOf: reportOfBusinesses } = await import('./businesses/report.ts');
  const results = await runBusinesses(quick ? FEWER : MANY, uri, (progress) => console.error(progress));
  print(json ? JSON.stringify(results, null, 2) : reportOfBusinesses(results));
  return problemsOf(results).length === 0 ? 0 : 1;
}

function bundle(): void {
  const root = join(import.meta.dirname, '..', '..');
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (build.status !== 0) throw new CommandError('The app could not be bundled.');
}
