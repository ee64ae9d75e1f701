import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Call, runCommand } from '../command.ts';
import { CommandError } from '../errors.ts';
import { ratiosOf, reportOf } from './report.ts';
import { type Plan, runBench } from './run.ts';

const HELP = `Usage: npm run bench [-- --quick] [--json]

Measures how many signed deliveries the webhook app accepts, next to a bare HTTP server and to the limit of durable
storage, in one run on this machine (Linux): capacity, latency at fixed rates, CPU and memory. Bundles the app first.
Takes about four minutes on an idle machine. Samples that other processes disturbed are repeated once.

  --quick   fewer and shorter rounds, for a first impression only
  --json    every sample as JSON, instead of the table
  --help    this text

docs/performance.md has the last results and explains the figures.
`;

const FULL: Plan = { rounds: 5, requests: 40_000, openLoopSeconds: 10, answered: 20_000 };
const QUICK: Plan = { rounds: 2, requests: 15_000, openLoopSeconds: 2, answered: 5_000 };

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'bench', help: HELP, options: OPTIONS, maxArgs: 0, run: bench });

async function bench({ values, print }: Call<typeof OPTIONS>): Promise<number> {
  if (process.platform !== 'linux') {
    throw new CommandError('The benchmark reads CPU and memory from /proc, which only Linux has.');
  }
  bundle();
  const results = await runBench(values.quick ? QUICK : FULL, (progress) => console.error(progress));
  const ratios = Object.fromEntries(ratiosOf(results).map(({ name, value }) => [name, value]));
  print(values.json ? JSON.stringify({ ...results, ratios }, null, 2) : reportOf(results));
  return 0;
}

function bundle(): void {
  const root = join(import.meta.dirname, '..', '..');
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (build.status !== 0) throw new CommandError('The app could not be bundled.');
}
