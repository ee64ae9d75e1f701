import { ObjectId } from 'mongodb';
import { SETTINGS } from '../../app/businesses/settings.ts';
import type { Call, Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { CHANGE_HELP, CHANGE_OPTIONS, type Changes, readChanges } from './changes.ts';
import { rivalsOf, takeNumbers } from './claim.ts';
import { type BusinessDocument, type OpenBusinesses, withBusinesses } from './collection.ts';
import { notifier } from './notify.ts';
import { CHANGING, CHANGING_HELP } from './options.ts';
import { businessWith, documentWith, setsOf } from './sets.ts';

const HELP = `Usage: npm run businesses -- add --name <text> --number <id> --token-file <file> [options]
       npm run businesses -- add --name <text> --from-environment [options]

Adds a business, whose numbers are answered from then on. Refuses a number that another active business has. The token and
the other secrets are encrypted with the first key of ENCRYPTION_SECRET.

${CHANGE_HELP}
  --from-environment           the number and the token of BUSINESSES=env (META_BUSINESS_PHONE_NUMBER_ID and
                               META_ACCESS_TOKEN_FROM_SYS_USER): its conversations go on
${CHANGING_HELP}

Exit codes: 0 added, 1 refused, or an error, 2 wrong call.
`;

const OPTIONS = {
  ...CHANGING,
  ...CHANGE_OPTIONS,
  'from-environment': { type: 'boolean', default: false },
} as const;

export const add: Command<typeof OPTIONS> = { name: 'businesses', help: HELP, options: OPTIONS, run };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  refuseArgs(args);
  const fromEnvironment = values['from-environment'];
  if (fromEnvironment && (values.number !== undefined || values['token-file'] !== undefined))
    throw new UsageError(
      '--from-environment has the number and the token: leave out --number and --token-file.',
    );
  if (values.name === undefined) throw new UsageError('--name is missing.');
  if (!fromEnvironment && values.number === undefined)
    throw new UsageError(
      '--number is missing: the phone number id shown in the Meta app dashboard, not the phone number.',
    );
  if (!fromEnvironment && values['token-file'] === undefined)
    throw new UsageError('--token-file is missing: a file with the access token, or "-" for standard input.');
  const read = await readChanges(values);
  const tell = await notifier(values);
  return withBusinesses(values, async (opened) => {
    const changes = fromEnvironment ? await withNumberOfEnvironment(read, opened) : read;
    const { id, numbers } = await insert(changes, opened);
    const notified = await tell(numbers);
    report(values, print, { id, numbers, service: notified.lines.join(' ') }, [
      `Added: ${id}, with the number ${numbers.join(', ')}.`,
      ...notified.lines,
    ]);
    return notified.ok ? 0 : 1;
  });
}

async function withNumberOfEnvironment(changes: Changes, { settings }: OpenBusinesses): Promise<Changes> {
  const { META_BUSINESS_PHONE_NUMBER_ID: number, META_ACCESS_TOKEN_FROM_SYS_USER: token } =
    await settings.number();
  return {
    ...changes,
    fields: { ...changes.fields, whatsappPhoneNumberIds: [number] },
    settings: { ...changes.settings, continuesNumber: number },
    token,
  };
}

async function insert(changes: Changes, { collection, keys }: OpenBusinesses) {
  const _id = new ObjectId();
  const id = _id.toHexString();
  const { subDomain } = changes.fields;
  if (
    subDomain !== undefined &&
    (await collection.findOne({ subDomain }, { projection: { _id: 1 } })) !== null
  )
    throw new CommandError(`Another business has the subdomain ${subDomain}. Choose another one.`);
  const now = new Date();
  const empty: BusinessDocument = {
    ...{ _id, whatsappEnabled: true, isActive: true, status: 'active', createdAt: now, updatedAt: now },
    [SETTINGS]: {},
  };
  const sets = setsOf(changes, { id, keys: await keys(), current: empty });
  const claim = businessWith(empty, sets);
  await takeNumbers({
    claim,
    rivals: () => rivalsOf(collection, claim),
    take: () => collection.insertOne(documentWith(empty, sets)),
    undo: () => collection.deleteOne({ _id }),
  });
  return { id, numbers: claim.numbers };
}
