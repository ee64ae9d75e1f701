import { parseArgs } from 'node:util';
import { SCENARIOS } from './scenarios.ts';
import { runStorm } from './storm.ts';

const HELP = `Usage: npm run chaos [-- <scenario>...] [--conversations N]

Runs the whole system on this machine, lets many people write at once while everything goes wrong, and counts.
Exit code 1 unless nothing was lost, duplicated or reordered. Without a name it runs every scenario:

${Object.entries(SCENARIOS)
  .map(([key, { name }]) => `  ${key.padEnd(12)}${name}`)
  .join('\n')}

  --conversations N   people who write three messages each; 1000
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, conversations: { type: 'string', default: '1000' } },
});

if (values.help) process.stdout.write(HELP);
else await run(positionals.length > 0 ? positionals : Object.keys(SCENARIOS), Number(values.conversations));

async function run(names: readonly string[], conversations: number): Promise<void> {
  const unknown = names.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0 || !Number.isInteger(conversations) || conversations < 1) {
    console.error(
      unknown.length > 0
        ? `no such scenario: ${unknown.join(', ')}`
        : '--conversations takes a whole number from 1',
    );
    process.exitCode = 2;
    return;
  }
  const columns = ['sent', 'answered', 'lost', 'duplicated', 'reordered', 'seconds'] as const;
  console.log(`${'scenario'.padEnd(66)}${columns.map((column) => column.padStart(11)).join('')}`);
  for (const name of names) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) continue;
    const outcome = await runStorm(scenario.weather(conversations));
    const trouble = Object.entries(outcome.trouble)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ');
    console.log(
      `${scenario.name.padEnd(66)}${columns.map((column) => String(outcome[column]).padStart(11)).join('')}  ${trouble}`,
    );
    if (outcome.lost + outcome.duplicated + outcome.reordered > 0 || (outcome.trouble.badExits ?? 0) > 0) {
      console.error(`  not clean; the app's log and data: ${outcome.folder}`);
      process.exitCode = 1;
    }
  }
}
