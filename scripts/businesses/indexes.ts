import type { Call, Command } from '../command.ts';
import { COMMON, COMMON_HELP, refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { type BusinessCollection, withBusinesses } from './collection.ts';
import { INDEXES, type IndexKeys } from './index-definitions.ts';

const HELP = `Usage: npm run businesses -- indexes [options]

Creates the indexes that look-ups of businesses need, and says which ones exist already. An index of the same name with
other fields is left as it is and reported. Running it again changes nothing.

${COMMON_HELP}

Exit codes: 0 all exist, 1 one differs, or an error, 2 wrong call.
`;

type Outcome =
  | { readonly name: string; readonly outcome: 'created' | 'exists' }
  /** `instead`: the fields of the index of that name, or the name of the index of these fields. */
  | {
      readonly name: string;
      readonly outcome: 'differs' | 'exists under another name';
      readonly instead: string;
    };

export const indexes: Command<typeof COMMON> = { name: 'businesses', help: HELP, options: COMMON, run };

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withBusinesses(values, async ({ collection }) => {
    const existing = await existingIndexes(collection);
    const outcomes: Outcome[] = [];
    for (const [name, keys] of Object.entries(INDEXES))
      outcomes.push(await ensure(collection, existing, name, keys));
    report(values, print, { indexes: outcomes }, outcomes.map(lineOf));
    return outcomes.some(({ outcome }) => outcome === 'differs') ? 1 : 0;
  });
}

/** Resolves to the fields by the names of the indexes; to none when there is no collection yet. */
async function existingIndexes(collection: BusinessCollection): Promise<ReadonlyMap<string, string>> {
  const found = await collection.listIndexes().toArray().catch(noneWithoutCollection);
  return new Map(found.map(({ name, key }) => [String(name), textOf(key)]));
}

/** The server's error for a collection that does not exist ("NamespaceNotFound"). */
function noneWithoutCollection(error: unknown): [] {
  if (error instanceof Error && 'code' in error && error.code === 26) return [];
  throw error;
}

async function ensure(
  collection: BusinessCollection,
  existing: ReadonlyMap<string, string>,
  name: string,
  keys: IndexKeys,
): Promise<Outcome> {
  const fields = textOf(keys);
  const same = existing.get(name);
  if (same !== undefined)
    return same === fields ? { name, outcome: 'exists' } : { name, outcome: 'differs', instead: same };
  const [other] = [...existing].find(([, its]) => its === fields) ?? [];
  if (other !== undefined) return { name, outcome: 'exists under another name', instead: other };
  await collection.createIndex({ ...keys }, { name });
  return { name, outcome: 'created' };
}

/** The order of the fields matters. */
function textOf(keys: object): string {
  return Object.entries(keys)
    .map(([field, direction]) => `${field}: ${direction}`)
    .join(', ');
}

function lineOf(result: Outcome): string {
  const { name, outcome } = result;
  if (!('instead' in result)) return `${name}: ${outcome}`;
  if (outcome !== 'differs') return `${name}: ${outcome}, ${result.instead}`;
  return `${name}: differs, it has the fields ${result.instead}. Drop it and run this again: db.businesses.dropIndex("${name}")`;
}
