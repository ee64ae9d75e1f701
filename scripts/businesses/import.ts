import type { TokenKeys } from '../../app/businesses/token-envelope.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { COMMON, COMMON_HELP, refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { readLine, readSecrets, requireOneStandardInput } from '../subcommands/secret-input.ts';
import { withBusinesses } from './collection.ts';
import { forEachBusiness } from './find.ts';
import { fernetOpener, nodeOpener, type Opener, plaintextOpener } from './older-formats.ts';
import { type Replacement, replaceSealed } from './reseal.ts';
import type { SealedFields } from './sealed-fields.ts';

const HELP = `Usage: npm run businesses -- import [--node-key-file <file>] [--python-secret-file <file>] [--plaintext] [options]

Encrypts access tokens that other programs stored, with the first key of ENCRYPTION_SECRET. The service itself reads only
values that are encrypted in its own form. What is in that form already is left alone, so it may be run again. The other
programs cannot read the values afterwards: stop them from writing whatsappAccessToken first.

  --node-key-file <file>       ENCRYPTION_KEY of the Node program: 64 hexadecimal digits, or a passphrase. A second line is
                               its ENCRYPTION_KEY_SALT. Format: AES-256-GCM in hexadecimal digits
  --python-secret-file <file>  ENCRYPTION_SECRET of the Python program, which is not ours. Format: Fernet in hexadecimal digits
  --plaintext                  encrypt tokens of Meta (EAA…) that stand there in the clear
  --dry-run                    change nothing, and print what would be done
${COMMON_HELP}

A file may be "-" for standard input. Exit codes: 0 every token is in the form of the service, 1 one is not, or an error,
2 wrong call.
`;

const OPTIONS = {
  ...COMMON,
  'node-key-file': { type: 'string' },
  'python-secret-file': { type: 'string' },
  plaintext: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

const TOKEN = 'whatsappAccessToken';
const NOT_OURS = 'is in none of the given formats, or was encrypted with another key';

export const importTokens: Command<typeof OPTIONS> = {
  name: 'businesses',
  help: HELP,
  options: OPTIONS,
  run,
};

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  refuseArgs(args);
  const {
    'node-key-file': nodeKey,
    'python-secret-file': pythonSecret,
    plaintext,
    'dry-run': isDry,
  } = values;
  requireOneStandardInput(nodeKey, pythonSecret);
  const openers: Opener[] = [
    ...(nodeKey === undefined ? [] : [await nodeOpenerOf(nodeKey)]),
    ...(pythonSecret === undefined ? [] : [fernetOpener(await readLine('secret', pythonSecret))]),
    ...(plaintext ? [plaintextOpener] : []),
  ];
  if (openers.length === 0)
    throw new UsageError('Name a format: --node-key-file, --python-secret-file or --plaintext.');

  return withBusinesses(values, async (opened) => {
    const keys = await opened.keys();
    const imported: string[] = [];
    const left: string[] = [];
    let already = 0;
    const filter = { [TOKEN]: { $type: 'string' } };
    await forEachBusiness(
      opened.collection,
      filter,
      async ({ document, stored: { id, accessToken = '' } }) => {
        const replace = (fields: SealedFields) => importedFields(fields, id, keys, openers);
        const result = isDry
          ? replace(new Map([[TOKEN, accessToken]]))
          : await replaceSealed(opened.collection, document, replace);
        if (result.replaced.size > 0) imported.push(id);
        else if (result.failed.size > 0 || 'gaveUp' in result) left.push(id);
        else already += 1;
      },
    );
    report(values, print, { dryRun: isDry, imported, already, left }, [
      ...imported.map((id) => `${id}: ${isDry ? 'would be imported' : 'imported'}`),
      ...left.map(
        (id) =>
          `${id}: its token ${NOT_OURS}; set a new one: npm run businesses -- set ${id} --token-file <file>`,
      ),
      `${imported.length} imported, ${already} in the form of the service already, ${left.length} left.`,
    ]);
    return left.length === 0 ? 0 : 1;
  });
}

async function nodeOpenerOf(file: string): Promise<Opener> {
  const [key = '', salt, ...others] = await readSecrets('key', file);
  if (others.length > 0) throw new UsageError('The file of --node-key-file has more than a key and a salt.');
  return nodeOpener(key, salt);
}

function importedFields(
  fields: SealedFields,
  id: string,
  keys: TokenKeys,
  openers: readonly Opener[],
): Replacement {
  const value = fields.get(TOKEN) ?? '';
  const done: Replacement = { replaced: new Map(), failed: new Map() };
  if (keys.keyIdOf(value) !== undefined) return done;
  const token = openers.map((open) => open(value)).find((opened) => opened !== undefined);
  if (token === undefined || token === '') return { ...done, failed: new Map([[TOKEN, NOT_OURS]]) };
  // The Node program encrypts what it cannot decrypt when it saves a business: our own form is inside then.
  const sealed = keys.keyIdOf(token) === undefined ? keys.seal(id, token) : token;
  return { ...done, replaced: new Map([[TOKEN, sealed]]) };
}
