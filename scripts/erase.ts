/** `npm run erase -- <person> [store]`: deletes everything that is stored of a person. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Operations } from '../app/ports/store.ts';
import { type Print, runCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { identityOf } from './operations/identity.ts';
import { asStoreTarget, withStore } from './operations/open-store.ts';

const HELP = `Usage: npm run erase -- <phone number or user id> [local|staging|production]

Deletes everything that a store holds of the person who has this phone number or user id now, or who had it last when
nobody has it: messages, replies, conversations and all identities of that person. A person who had the number earlier
and has another identity today is not touched. Message ids remain for some days as keyed hashes that belong to no
person, so that a redelivery does not bring the person back. Not touched: the assistant's own database, backups of a
table (deleted after 35 days), and copies of a file. Running it again finds nothing.

A SQLite file is then rewritten, so that deleted data is not left in unused pages or in the log (-wal). A service that
uses the file may go on running. It stores nothing during the rewrite, about a second per 100 MB, and Meta delivers again.

"local" is the store that this machine is configured for (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env). A stack is found through its SSM parameters, with your own AWS credentials. The output names
the store.

Exit codes: 0 done, 1 an error, or data is left, 2 wrong call.
`;

/** How long other programs may block the rewriting of the file. */
const PURGE_TIMEOUT_MS = 15_000;
const PURGE_RETRY_MS = 250;

await runCommand({
  name: 'erase',
  help: HELP,
  options: {},
  maxArgs: 2,
  run: ({ args: [person, target], print }) => erase(person, target, print),
});

async function erase(person: string | undefined, word = 'local', print: Print): Promise<number> {
  const target = asStoreTarget(word);
  // A call with the store alone forgot the person: "staging" is not an identity.
  if (person === undefined || target === undefined || asStoreTarget(person) !== undefined) {
    throw new UsageError('Name one person and a store: npm run erase -- 15550001111 staging');
  }
  return withStore(target, async ({ store, location }) => {
    const erased = await store.erase(identityOf(person));
    print(
      erased === 0
        ? `Nothing is stored of this person in ${location}.`
        : `Erased in ${location}: ${erased} conversation(s).`,
    );
    // Also when nothing was found: the rewrite after an earlier erasure may have been blocked.
    if (await purge(store)) return 0;
    print(
      `Deleted data is still readable in unused pages of ${location} or in its log (${location}-wal): another program ` +
        'blocked the rewriting of the file. Close the program (`fuser` names it) or free disk space, and run this again.',
    );
    return 1;
  });
}

/** Resolves to false when the file could not be rewritten in time. */
async function purge(store: Pick<Operations, 'purge'>): Promise<boolean> {
  const until = Date.now() + PURGE_TIMEOUT_MS;
  while (!(await store.purge())) {
    if (Date.now() > until) return false;
    await sleep(PURGE_RETRY_MS);
  }
  return true;
}
