/** `npm run redrive -- <store>`: lists dead letters, sends them back, shows one, and deletes them. */

import { type Call, runCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { asStoreTarget, withStore } from './operations/open-store.ts';
import { drop } from './redrive/drop.ts';
import { list } from './redrive/list.ts';
import { type Run, withWakeUps } from './redrive/run.ts';
import { sendBack } from './redrive/send-back.ts';
import { show } from './redrive/show.ts';

const HELP = `Usage: npm run redrive -- <local|staging|production> [--all | <id>...]
       npm run redrive -- <local|staging|production> show <id> [--text]
       npm run redrive -- <local|staging|production> drop (--all | <id>...) [--yes]

Lists dead letters, the newest first: turns that failed their last attempt, and in AWS also wake-ups in the dead-letter
queue. Sends back those that are named, or all: the messages of a turn wait again and are answered within some seconds,
a reply that WhatsApp reported as failed after its turn ("a reply") is sent again, a wake-up is sent anew. Running it
again changes nothing. Two kinds are left where they are: queue messages that are not wake-ups of this service, and
turns of people who have not written for 24 hours, since WhatsApp takes no reply to them until they write again.

show prints one: its reason, attempts, times, conversation, and its parts with their marks. drop deletes dead letters for
good: nobody gets a reply, the messages count as answered, also when they are delivered again, and their texts are
deleted. It deletes queue messages too, also those that are not wake-ups of this service. It asks before it deletes.

"local" is the store that this machine is configured for (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env). A stack is found through its SSM parameters, with your own AWS credentials. The output holds
no text and no phone number, except the texts of \`show --text\`.

  --all     everything that can be answered, up to 200 turns in one run; with drop, whatever its age
  --text    with show: also what the person wrote and what was to be sent
  --yes     with drop: do not ask; needed where standard input is no terminal
  --json    print one JSON object instead of lines
  --help    this text

Exit codes: 0 done, 1 an id is unknown or too old, or an error, 2 wrong call.
`;

const OPTIONS = {
  all: { type: 'boolean', default: false },
  text: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Action = (run: Run) => Promise<number>;

/** An id of the store or of SQS is never one of these words. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['show', show],
  ['drop', drop],
]);

await runCommand({ name: 'redrive', help: HELP, options: OPTIONS, run: redrive });

async function redrive({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  const [word, ...rest] = args;
  const target = asStoreTarget(word);
  if (target === undefined) throw new UsageError('Name a store: local, staging or production.');
  const named = ACTIONS.get(rest[0] ?? '');
  const ids = named === undefined ? rest : rest.slice(1);
  if (values.text && named !== show) throw new UsageError('--text belongs to show.');
  if (values.yes && named !== drop) throw new UsageError('--yes belongs to drop.');
  if (named === drop && ids.length === 0 && !values.all)
    throw new UsageError('Name the dead letters to delete, or --all.');
  if (values.all && (ids.length > 0 || named === show))
    throw new UsageError('Name dead letters, or --all, not both.');
  const action = named ?? (ids.length > 0 || values.all ? sendBack : list);
  return withStore(target, (opened) => withWakeUps({ opened, target, ids, options: values, print }, action));
}
