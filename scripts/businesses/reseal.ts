/** Replacing encrypted values one business at a time. Nothing that changes meanwhile is overwritten. */

import { PROJECTION } from '../../app/businesses/document.ts';
import type { BusinessCollection, BusinessDocument } from './collection.ts';
import { type SealedFields, sealedFieldsOf } from './sealed-fields.ts';

export interface Replacement {
  /** New values by path, for fields that are to be replaced. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Paths of fields that stay as they are, and why. */
  readonly failed: ReadonlyMap<string, string>;
}

export interface Replaced extends Replacement {
  /** The business kept changing. Running the command again looks at it again. */
  readonly gaveUp?: true;
}

const MAX_ATTEMPTS = 5;

/** Writes what `replace` returns, on the condition that each replaced field has its old value; else reads and tries again. */
export async function replaceSealed(
  collection: BusinessCollection,
  document: BusinessDocument,
  replace: (fields: SealedFields) => Replacement,
): Promise<Replaced> {
  const { _id } = document;
  let current: BusinessDocument | null = document;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && current !== null; attempt += 1) {
    const fields = sealedFieldsOf(current);
    const replacement = replace(fields);
    const { replaced } = replacement;
    if (replaced.size === 0) return replacement;
    const old = [...replaced.keys()].map((path) => [path, { $eq: fields.get(path) }]);
    const update = { $set: { ...Object.fromEntries(replaced), updatedAt: new Date() } };
    const { matchedCount } = await collection.updateOne({ _id, ...Object.fromEntries(old) }, update);
    if (matchedCount > 0) return replacement;
    current = await collection.findOne({ _id }, { projection: PROJECTION });
  }
  const none: Replacement = { replaced: new Map(), failed: new Map() };
  return current === null ? none : { ...none, gaveUp: true };
}
