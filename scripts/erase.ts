/** `npm run erase -- <who> [where]`: deletes all that is kept of a person. */

import { runCommand, type Say, Usage } from './command.ts';
import { asWhere, withKept } from './kept/open.ts';

const HELP = `Usage: npm run erase -- <phone number or user id> [local|staging|production]

Deletes all that a store keeps of the person who has this number or id now, or had it last when nobody has it: messages,
replies, conversations and all names of that person. Somebody else who had the number before and has another name today is
not touched. Message ids stay as keyed digests that belong to nobody for some days, so that a redelivery does not bring
the person back. What the assistant's own database keeps is not touched, nor are a table's backups, which end by
themselves after 35 days. A second time finds nothing.

"local" is the store that this machine's configuration names (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env); a stack is found through its SSM parameters, with your own AWS credentials. The answer says
where it looked.

Exit codes: 0 done, 1 something went wrong, 2 wrong call.
`;

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
  await withKept(where, async ({ store, place }) => {
    const gone = await store.erase(identityOf(who));
    say(
      gone === 0
        ? `Nothing is kept of this person in ${place}.`
        : `Erased in ${place}: ${gone} conversation(s).`,
    );
  });
  return 0;
}

/** A phone number as people write it, without what WhatsApp leaves out; a user id as it is. */
function identityOf(who: string): string {
  const digits = who.replace(/^\s*(\+|00)|[\s()./-]/g, '');
  return /^\d+$/.test(digits) ? digits : who.trim();
}
