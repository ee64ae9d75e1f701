/** `npm run erase -- <person> [store]`: deletes everything that is stored of a person, and proves it. */

import { type Call, runCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { ERASE_HELP, ERASE_OPTIONS, erasePerson } from './operations/erase-person.ts';
import { asStoreTarget } from './operations/open-store.ts';

const HELP = `Usage: npm run erase -- <phone number or user id> [local|staging|production] [--json]

${ERASE_HELP}`;

await runCommand({ name: 'erase', help: HELP, options: ERASE_OPTIONS, maxArgs: 2, run: erase });

async function erase({ values, args, print }: Call<typeof ERASE_OPTIONS>): Promise<number> {
  const [who, word = 'local'] = args;
  const target = asStoreTarget(word);
  // A call with the store alone forgot the person: "staging" is not an identity.
  if (who === undefined || target === undefined || asStoreTarget(who) !== undefined) {
    throw new UsageError('Name one person and a store: npm run erase -- 15550001111 staging');
  }
  return erasePerson({ who, target, json: values.json, print });
}
