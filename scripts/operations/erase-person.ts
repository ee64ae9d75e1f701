/** Deletes a person from a store, and proves it: what `npm run erase` and `npm run conversations -- erase` do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock as clock } from '../../app/clock.ts';
import { IDS_KEPT_MS } from '../../app/domain/retention.ts';
import type { Operations } from '../../app/ports/store.ts';
import type { Print } from '../command.ts';
import { CommandError } from '../errors.ts';
import { report } from '../subcommands/print.ts';
import { deletedLine, type ErasureRecord, isComplete, linesOf } from './erasure-record.ts';
import { requireIdentity } from './identity.ts';
import { maskedIdentity } from './mask.ts';
import { type StoreTarget, withStore } from './open-store.ts';

export const ERASE_HELP = `Deletes everything that a store holds of the person who has this phone number or user id now, or who had it last when
nobody has it: messages, replies, conversations and all identities of that person. A person who had the number earlier
and has another identity today is not touched. Message ids remain for some days as keyed hashes that belong to no
person, so that a redelivery does not bring the person back. Not touched: the assistant's own database, backups of a
table (deleted after 35 days), and copies of a file. Running it again finds nothing.

Afterwards the whole store is searched for the identities that were deleted: the bytes of a SQLite file and of its log
(-wal), or every item of the tables of DynamoDB (a read unit for each 4 KB). What is printed can be filed: the time, the
store, what was deleted by kind, what stays and why, and what the search found. The person appears masked.

A SQLite file is rewritten before the search, so that deleted data is not left in unused pages or in the log. A service
that uses the file may go on running. It stores nothing during the rewrite, about a second per 100 MB, and Meta delivers
again.

"local", the default, is the store that this machine is configured for (SQLITE_PATH, or the tables of STORE=dynamodb, in
the environment or in .env). A stack is found through its SSM parameters, with your own AWS credentials.

  --json    print the record as one JSON object instead of lines
  --help    this text

Exit codes: 0 nothing of the person is left, 1 an error, or something is left, 2 wrong call.
`;

export const ERASE_OPTIONS = { json: { type: 'boolean', default: false } } as const;

/** How long other programs may block the rewriting of the file. */
const PURGE_TIMEOUT_MS = 15_000;
const PURGE_RETRY_MS = 250;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Request {
  /** The id of a conversation, a phone number or a user id. */
  readonly who: string;
  readonly target: StoreTarget;
  readonly json: boolean;
  readonly print: Print;
}

/** Resolves to the exit code. */
export function erasePerson({ who, target, json, print }: Request): Promise<number> {
  return withStore(target, async ({ store, location }) => {
    const identity = await identityFor(store, who);
    const erased = await store.erase(identity);
    const { identities, identitiesOfOthers, ...counts } = erased;
    const begun = {
      ...{ erasedAt: new Date(clock.now()).toISOString(), store: location },
      person: maskedIdentity(identity),
      deleted: { ...counts, identities: identities.length },
      stays: {
        messageIds: erased.messages,
        atMostDays: IDS_KEPT_MS / DAY_MS,
        identitiesOfOthers: identitiesOfOthers.map(maskedIdentity),
      },
    };
    if (!json) print(deletedLine(begun));
    // Also when nothing was found: the rewrite after an earlier erasure may have been blocked.
    const purged = await purge(store);
    const own = identitiesOfOthers.includes(identity) ? [] : [identity];
    const { searched, found } = await store.search([...new Set([...own, ...identities])]);
    const record: ErasureRecord = { ...begun, purged, searched, found };
    report({ json }, print, { ...record, complete: isComplete(record) }, linesOf(record));
    return isComplete(record) ? 0 : 1;
  });
}

/** Resolves to an identity of the person of a conversation, else to the one that was named. */
async function identityFor(store: Pick<Operations, 'conversation'>, who: string): Promise<string> {
  const found = await store.conversation(who.trim());
  if (found === undefined) return requireIdentity(who);
  const { phone, userId } = found.conversation.person;
  const identity = phone ?? userId;
  if (identity !== undefined) return identity;
  throw new CommandError(
    'This conversation has no phone number and no user id: its person has moved to another one. Name the person.',
  );
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
