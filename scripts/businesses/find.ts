import { ObjectId } from 'mongodb';
import { PROJECTION, parseBusiness, type StoredBusiness } from '../../app/businesses/document.ts';
import { CommandError } from '../errors.ts';
import type { BusinessCollection, BusinessDocument } from './collection.ts';

export interface FoundBusiness {
  readonly document: BusinessDocument;
  readonly stored: StoredBusiness;
}

/** Enough to name them in a message. */
const MAX_MATCHES = 10;

/** Resolves to the business with this id, subdomain or phone number id. Throws `CommandError` unless there is exactly one. */
export async function findBusiness(collection: BusinessCollection, word: string): Promise<FoundBusiness> {
  const ids = [word, ...(/^[0-9a-f]{24}$/i.test(word) ? [new ObjectId(word)] : [])];
  const filter = {
    $or: [{ _id: { $in: ids } }, { subDomain: word.toLowerCase() }, { whatsappPhoneNumberIds: word }],
  };
  const found: FoundBusiness[] = [];
  for await (const document of collection.find(filter, { projection: PROJECTION }).limit(MAX_MATCHES)) {
    const stored = parseBusiness(document);
    if (stored !== undefined) found.push({ document, stored });
  }
  const [first, ...others] = found;
  // The word is not repeated: it may be a token that was meant for standard input.
  if (first === undefined)
    throw new CommandError(
      'No business has this id, subdomain or phone number id. All: npm run businesses -- list',
    );
  if (others.length === 0) return first;
  throw new CommandError(
    `Several businesses match: ${found.map(({ stored }) => stored.id).join(', ')}. Name one by its id.`,
  );
}

/** Yields all businesses in the order of their ids, those without a usable id as undefined. */
export async function* allBusinesses(
  collection: BusinessCollection,
  filter = {},
): AsyncGenerator<FoundBusiness | undefined, void, void> {
  const cursor = collection.find(filter, { projection: PROJECTION }).sort({ _id: 1 }).batchSize(200);
  for await (const document of cursor) {
    const stored = parseBusiness(document);
    yield stored && { document, stored };
  }
}
