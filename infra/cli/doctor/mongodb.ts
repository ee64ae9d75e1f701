/** MongoDB as this machine reaches it: the connection, the indexes, the businesses. Nothing is written. */
import { type Collection, MongoClient, MongoServerError } from 'mongodb';
import { INDEXES } from '../../../scripts/businesses/index-definitions.ts';
import { failureKindOf } from '../../../scripts/businesses/mongo-errors.ts';
import { bad, type Finding, good, warning } from '../release/checks.ts';
import { checkDocuments, type Expected, PROJECTION } from './business-documents.ts';

export interface MongoTarget extends Expected {
  readonly uri: string;
  readonly database: string;
}

const TIMEOUT_MS = 5_000;
/** The collection does not exist. */
const NAMESPACE_NOT_FOUND = 26;

/** Resolves to findings in any case that an operator can act on; rejects with other errors. */
export async function checkMongoDb(target: MongoTarget): Promise<Finding[]> {
  const client = clientOf(target);
  if (!(client instanceof MongoClient)) return [client];
  try {
    const collection = client.db(target.database).collection('businesses');
    // The first call that the server has to authorise.
    const indexes = await indexesOf(collection);
    const connected = good(
      'mongodb',
      `answers from this machine, which says nothing about AWS; database ${target.database}`,
    );
    const documents = collection.find({}, { projection: PROJECTION }).batchSize(500);
    return [
      connected,
      ...missingIndexes(indexes, target.stack),
      ...(await checkDocuments(documents, target)),
    ];
  } catch (error) {
    return [unreachable(error, target)];
  } finally {
    await client.close();
  }
}

/** Not all errors of a connection string are of one class: a part of the driver has its own. */
function clientOf(target: MongoTarget): MongoClient | Finding {
  try {
    return new MongoClient(target.uri, {
      appName: 'ansari-whatsapp-doctor',
      maxPoolSize: 1,
      serverSelectionTimeoutMS: TIMEOUT_MS,
      connectTimeoutMS: TIMEOUT_MS,
      socketTimeoutMS: 6 * TIMEOUT_MS,
    });
  } catch (error) {
    return rejectedByDriver(error, target);
  }
}

/** Resolves to the fields by the names of the indexes, in their order. */
async function indexesOf(collection: Collection): Promise<ReadonlyMap<string, string>> {
  try {
    const found = await collection.listIndexes().toArray();
    return new Map(found.map(({ name, key }) => [String(name), fieldsOf(key)]));
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return new Map();
    throw error;
  }
}

/** An index of the same fields under another name serves as well. */
function missingIndexes(indexes: ReadonlyMap<string, string>, stack: string): Finding[] {
  const create = `npm run businesses -- indexes --stack ${stack}`;
  const wrong = Object.entries(INDEXES).flatMap(([name, keys]) => {
    if ([...indexes.values()].includes(fieldsOf(keys))) return [];
    const other = indexes.get(name);
    if (other === undefined)
      return [bad('indexes', `there is no ${name}: every look-up reads the whole collection`, create)];
    const drop = `In mongosh: db.businesses.dropIndex('${name}'), then\n${create}`;
    return [bad('indexes', `${name} has other fields: ${other}`, drop)];
  });
  return wrong.length > 0 ? wrong : [good('indexes', `${Object.keys(INDEXES).length} exist`)];
}

function fieldsOf(keys: object): string {
  return Object.entries(keys)
    .map(([field, direction]) => `${field} ${Number(direction)}`)
    .join(', ');
}

/** No message of the driver is repeated: it may hold a part of the connection string. */
function unreachable(error: unknown, { stack }: MongoTarget): Finding {
  switch (failureKindOf(error)) {
    case undefined:
      throw error;
    case 'not-authenticated':
      return bad('mongodb', 'it refuses the user or the password of MONGODB_URI', newUri(stack));
    case 'not-authorised':
    case 'refused':
      return bad(
        'mongodb',
        `it refuses the call: ${refusalOf(error)}`,
        'Give the user of MONGODB_URI the role readWrite on the database.',
      );
    case 'dns':
    case 'no-server':
    case 'network':
      return warning(
        'mongodb',
        'it cannot be reached from this machine, so the businesses are not checked; AWS may reach it all the same',
        `Let this machine in (Atlas: Network Access), or run doctor where it is reached. What the stack reaches: npm run verify -- ${stack}`,
      );
    default:
      return bad('mongodb', `the call failed (${nameOf(error)})`, `npm run doctor -- ${stack}`);
  }
}

function refusalOf(error: unknown): unknown {
  return error instanceof MongoServerError ? (error.codeName ?? error.code) : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'an unknown error';
}

function rejectedByDriver(error: unknown, { stack }: Pick<MongoTarget, 'stack'>): Finding {
  return bad('mongodb', `the driver does not take MONGODB_URI (${nameOf(error)})`, newUri(stack));
}

function newUri(stack: string): string {
  return `pulumi config set --secret MONGODB_URI --stack ${stack}`;
}
