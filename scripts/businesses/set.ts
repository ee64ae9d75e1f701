import type { StoredBusiness } from '../../app/businesses/document.ts';
import { SETTINGS } from '../../app/businesses/settings.ts';
import type { Call, Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { report } from '../subcommands/print.ts';
import { CHANGE_HELP, CHANGE_OPTIONS, readChanges } from './changes.ts';
import { rivalsOf, takeNumbers } from './claim.ts';
import { type OpenBusinesses, withBusinesses } from './collection.ts';
import { type FoundBusiness, findBusiness } from './find.ts';
import { notifier } from './notify.ts';
import { businessArg, CHANGING, CHANGING_HELP } from './options.ts';
import { businessWith, type Sets, setsOf, valuesBefore } from './sets.ts';

const HELP = `Usage: npm run businesses -- set <business> [options]

Changes what is named and leaves the rest. --number replaces all numbers of the business. Refuses a number that another
active business has, and settings that the service could not use.

${CHANGE_HELP}
${CHANGING_HELP}

Exit codes: 0 changed, 1 refused, or an error, 2 wrong call.
`;

const OPTIONS = { ...CHANGING, ...CHANGE_OPTIONS } as const;

export const set: Command<typeof OPTIONS> = { name: 'businesses', help: HELP, options: OPTIONS, run };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  const word = businessArg(args);
  if (Object.keys(CHANGE_OPTIONS).every((name) => !(name in values)))
    throw new UsageError('Name what to change.');
  const changes = await readChanges(values);
  const tell = await notifier(values);
  return withBusinesses(values, async (opened) => {
    const found = await findBusiness(opened.collection, word);
    const { id, numbers: before } = found.stored;
    const sets = setsOf(changes, { id, keys: await opened.keys(), current: found.document });
    const after = businessWith(found.document, sets);
    await write(opened, found, sets, after);
    const notified = await tell([...new Set([...before, ...after.numbers])]);
    const names = Object.keys(sets);
    report(values, print, { id, changed: names, service: notified.lines.join(' ') }, [
      `Changed: ${id}, ${names.join(', ')}.`,
      ...notified.lines,
    ]);
    return notified.ok ? 0 : 1;
  });
}

/** Fields that can contradict another business. */
const CLAIMING = ['whatsappPhoneNumberIds', `${SETTINGS}.continuesNumber`];

async function write(
  { collection }: OpenBusinesses,
  { document, stored }: FoundBusiness,
  sets: Sets,
  claim: StoredBusiness,
): Promise<void> {
  const { _id } = document;
  const take = async () => {
    const { matchedCount } = await collection.updateOne(
      { _id },
      { $set: { ...sets, updatedAt: new Date() } },
    );
    if (matchedCount === 0) throw new CommandError('The business was deleted meanwhile.');
  };
  const undo = () => collection.updateOne({ _id }, { $set: { ...valuesBefore(document, sets) } });
  // The numbers of a business that is not answered are free.
  const mayTake = stored.isServed && CLAIMING.some((path) => path in sets);
  if (mayTake) await takeNumbers({ claim, rivals: () => rivalsOf(collection, claim), take, undo });
  else await take();
}
