import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Call, Plain, runCommand } from '../command.ts';
import { ratiosOf, reportOf } from './report.ts';
import { type Plan, runBench } from './run.ts';

const HELP = `Usage: npm run bench [-- --quick] [--json]

Measures how many signed deliveries the webhook app accepts, beside the floor and the limit of durable storage, in one
run on this machine (Linux): capacity, latency at fixed rates, CPU and memory. It bundles the app first. About four
minutes on a quiet machine; disturbed samples are taken again once.

  --quick   fewer and shorter rounds: a first look, not a figure to quote
  --json    every sample as JSON, instead of the table
  --help    this text

What was measured last, and what the figures mean: docs/performance.md.
`;

const FULL: Plan = { rounds: 5, requests: 40_000, openLoopSeconds: 10, answered: 20_000 };
const QUICK: Plan = { rounds: 2, requests: 15_000, openLoopSeconds: 2, answered: 5_000 };

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'bench', help: HELP, options: OPTIONS, mostWords: 0, run: bench });

async function bench({ values, say }: Call<typeof OPTIONS>): Promise<number> {
  if (process.platform !== 'linux') {
    throw new Plain('The bench reads CPU and memory from /proc, which only Linux has.');
  }
  bundle();
  const results = await runBench(values.quick ? QUICK : FULL, (progress) => console.error(progress));
  const ratios = Object.fromEntries(ratiosOf(results).map(({ name, value }) => [name, value]));
  say(values.json ? JSON.stringify({ ...results, ratios }, null, 2) : reportOf(results));
  return 0;
}

function bundle(): void {
  const root = join(import.meta.dirname, '..', '..');
  const built = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('the app could not be bundled');
}
