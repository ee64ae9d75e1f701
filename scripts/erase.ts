/** `npm run erase -- <who> [where]`: deletes all that is kept of a person. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Operations } from '../app/ports/store.ts';
import { runCommand, type Say, Usage } from './command.ts';
import { asWhere, withKept } from './kept/open.ts';

const HELP = `Usage: npm run erase -- <phone number or user id> [local|staging|production]

Deletes all that a store keeps of the person who has this number or id now, or had it last when nobody has it: messages,
replies, conversations and all names of that person. Somebody else who had the number before and has another name today is
not touched. Message ids stay as keyed digests that belong to nobody for some days, so that a redelivery does not bring
the person back. What the assistant's own database keeps is not touched, nor are a table's backups, which end by
themselves after 35 days, nor copies that somebody has made of a file. A second time finds nothing.

A file is then rewritten, so that nothing that was deleted is left in its unused bytes or in its log (-wal). A service
that runs on it need not stop. It stores nothing for the time of that, a second for each hundred megabytes: Meta is told
to deliver again.

"local" is the store that this machine's configuration names (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env); a stack is found through its SSM parameters, with your own AWS credentials. The answer says
where it looked.

Exit codes: 0 done, 1 something went wrong or is left, 2 wrong call.
`;

/** How long other programs may keep the file from being rewritten. */
const PATIENCE_MS = 15_000;
const BETWEEN_TRIES_MS = 250;

await runCommand({
  name: 'erase',
  help: HELP,
  options: {},
  mostWords: 2,
  run: ({ words: [who, word], say }) => erase(who, word, say),
});

async function erase(who: string | undefined, word = 'local', say: Say): Promise<number> {
  const where = asWhere(word);
  // Whoever names the place alone forgot the person; "staging" is nobody's id.
  if (who === undefined || where === undefined || asWhere(who) !== undefined) {
    throw new Usage('Name one person, and where: npm run erase -- 15550001111 staging');
  }
  return withKept(where, async ({ store, place }) => {
    const gone = await store.erase(identityOf(who));
    say(
      gone === 0
        ? `Nothing is kept of this person in ${place}.`
        : `Erased in ${place}: ${gone} conversation(s).`,
    );
    // Also when nothing was found: an earlier erasure may have been kept from it.
    if (await purged(store)) return 0;
    say(
      `What was deleted is still readable in the unused bytes of ${place} or in its log (${place}-wal): another program ` +
        'kept it from being rewritten. Close what reads the file (`fuser` names it) or make room on the disk, and run this again.',
    );
    return 1;
  });
}

async function purged(store: Pick<Operations, 'purge'>): Promise<boolean> {
  const until = Date.now() + PATIENCE_MS;
  while (!(await store.purge())) {
    if (Date.now() > until) return false;
    await sleep(BETWEEN_TRIES_MS);
  }
  return true;
}

/** A phone number as people write it, without what WhatsApp leaves out; a user id as it is. */
function identityOf(who: string): string {
  const digits = who.replace(/^\s*(\+|00)|[\s()./-]/g, '');
  return /^\d+$/.test(digits) ? digits : who.trim();
}
