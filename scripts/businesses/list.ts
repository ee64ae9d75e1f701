import type { StoredBusiness } from '../../app/businesses/document.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { COMMON, COMMON_HELP } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { type BusinessCollection, withBusinesses } from './collection.ts';
import { allBusinesses, type FoundBusiness, findBusiness } from './find.ts';
import { keyIdsOf, sealedFieldsOf } from './sealed-fields.ts';

const HELP = `Usage: npm run businesses -- list [<business>] [options]

Lists the businesses with their numbers, the ids of the keys that encrypt their secrets, and what is wrong with them. Needs
no key: it decrypts nothing.

${COMMON_HELP}

Exit codes: 0 nothing is wrong, 1 something is wrong, or an error, 2 wrong call.
`;

export const list: Command<typeof COMMON> = { name: 'businesses', help: HELP, options: COMMON, run };

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  const [, word, another] = args;
  if (another !== undefined) throw new UsageError('Name one business, or none for all.');
  return withBusinesses(values, async ({ collection }) => {
    const { found, unusable } = word === undefined ? await all(collection) : await one(collection, word);
    const businesses = found.map(entryOf).map((entry, _index, entries) => withDoubleClaims(entry, entries));
    const lines = [
      ...businesses.flatMap(linesOf),
      ...(unusable > 0
        ? [
            `${unusable} document(s) have an _id that cannot be the id of a business: letters, digits, _ and -, at most 64, and not "env".`,
          ]
        : []),
      ...(businesses.length === 0 ? ['There is no business. Add one: npm run businesses -- add --help'] : []),
    ];
    report(values, print, { businesses, documentsWithoutUsableId: unusable }, lines);
    return unusable > 0 || businesses.some(({ problems }) => problems.length > 0) ? 1 : 0;
  });
}

async function all(collection: BusinessCollection) {
  const found: FoundBusiness[] = [];
  let unusable = 0;
  for await (const business of allBusinesses(collection)) {
    if (business === undefined) unusable += 1;
    else found.push(business);
  }
  return { found, unusable };
}

async function one(collection: BusinessCollection, word: string) {
  return { found: [await findBusiness(collection, word)], unusable: 0 };
}

type Entry = ReturnType<typeof entryOf>;

function entryOf({ document, stored }: FoundBusiness) {
  const { id, name, subDomain, wabaId, numbers, isServed, continuesNumber, tokenExpiresAt, assistant } =
    stored;
  return {
    ...{ id, name, subDomain, wabaId, numbers, state: isServed ? 'answered' : 'disabled', continuesNumber },
    keys: keyIdsOf(sealedFieldsOf(document)),
    tokenExpiresAt: tokenExpiresAt === undefined ? undefined : new Date(tokenExpiresAt).toISOString(),
    assistant: assistant?.kind,
    settings: stored.settings satisfies StoredBusiness['settings'],
    problems: stored.problems,
  };
}

/** Adds the businesses that have a number of this one, or that continue a number of the environment too. */
function withDoubleClaims(entry: Entry, entries: readonly Entry[]): Entry {
  if (entry.state !== 'answered') return entry;
  const others = entries.filter(({ id, state }) => id !== entry.id && state === 'answered');
  const problems = others.flatMap(({ id, numbers, continuesNumber }) => [
    ...numbers
      .filter((number) => entry.numbers.includes(number))
      .map((number) => `number ${number} is of the business ${id} too, so nobody is answered there`),
    ...(continuesNumber !== undefined && entry.continuesNumber !== undefined
      ? [`the business ${id} continues a number of the environment too, and only one can`]
      : []),
  ]);
  return { ...entry, problems: [...entry.problems, ...problems] };
}

function linesOf({
  id,
  name,
  subDomain,
  numbers,
  state,
  keys,
  tokenExpiresAt,
  assistant,
  problems,
}: Entry): string[] {
  const facts = [
    // A name of another program could hold control sequences of a terminal.
    ...[id, name.replace(/\p{Cc}/gu, ' '), state, `numbers ${numbers.join(', ') || 'none'}`],
    ...(subDomain === undefined ? [] : [`subdomain ${subDomain}`]),
    ...(keys.length === 0 ? [] : [`keys ${keys.join(', ')}`]),
    ...(assistant === undefined ? [] : [`assistant ${assistant}`]),
    ...(tokenExpiresAt === undefined ? [] : [`token expires ${tokenExpiresAt}`]),
  ];
  return [facts.join('  '), ...problems.map((problem) => `    ${problem}`)];
}
