import { parseArgs } from 'node:util';
import { openLocalStore } from './local-store.ts';

const HELP = `Usage: npm run erase -- <phone number or user id>

Deletes all that the SQLite file of SQLITE_PATH keeps of a person: messages, replies, the conversation and the names it
goes by. Message ids stay as hashes for some days, so that a redelivery does not bring the person back. What the
assistant's own database keeps is not touched.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false } },
});
const identity = positionals[0]?.replace(/^\+/, '');

if (values.help) process.stdout.write(HELP);
else if (identity === undefined || positionals.length > 1) {
  console.error('Name one person: npm run erase -- 15550001111');
  process.exitCode = 2;
} else {
  const store = await openLocalStore();
  const gone = await store.erase(identity);
  await store.close();
  console.log(gone === 0 ? 'Nothing is kept of this person.' : `Erased: ${gone} conversation(s).`);
}
