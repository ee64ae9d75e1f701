import { parseArgs } from 'node:util';
import { openLocalStore } from './local-store.ts';

const HELP = `Usage: npm run redrive -- local [--all | <dead letter>...]

Lists the turns that were given up after their last attempt, the newest first. Named ones, or all, are made to wait
again; the running app answers them within some seconds. "local" is the SQLite file of SQLITE_PATH.

  --all     every dead letter
`;

const LISTED = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const [where, ...named] = positionals;

if (values.help) process.stdout.write(HELP);
else if (where !== 'local') {
  console.error(
    `${where === undefined ? 'Say which one' : `There is no "${where}" here`}: npm run redrive -- local`,
  );
  process.exitCode = 2;
} else await redrive();

async function redrive(): Promise<void> {
  const store = await openLocalStore();
  try {
    const letters = await store.deadLetters(LISTED);
    const chosen = values.all ? letters.map(({ turnId }) => turnId) : named;
    if (chosen.length === 0) {
      for (const { turnId, buriedAt, messages, reason } of letters) {
        console.log(`${turnId}  ${new Date(buriedAt).toISOString()}  ${messages} message(s)  ${reason}`);
      }
      console.log(letters.length === 0 ? 'No dead letters.' : '\nSend back: npm run redrive -- local --all');
      return;
    }
    for (const turnId of chosen) {
      const conversation = await store.redrive(turnId);
      console.log(conversation === undefined ? `${turnId}: no such dead letter` : `${turnId}: waits again`);
      if (conversation === undefined) process.exitCode = 1;
    }
  } finally {
    await store.close();
  }
}
