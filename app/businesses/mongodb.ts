import { type Collection, type Document, MongoClient } from 'mongodb';
import { Unavailable } from '../domain/errors.ts';
import type { PoolFigures } from '../ports/business-cache.ts';
import type { Clock } from '../ports/clock.ts';
import { PROJECTION, parseBusiness, type StoredBusiness } from './document.ts';
import type { BusinessLookUp } from './look-up.ts';
import { EVENT_FIELDS } from './mongodb/changes.ts';
import { unavailableFrom, unusableUri } from './mongodb/errors.ts';
import { watchPool } from './mongodb/pool.ts';
import type { ChangeFeed } from './mongodb/watch.ts';
import { SETTINGS } from './settings.ts';
import { unusable } from './unusable.ts';

const COLLECTION = 'businesses';
const ACTIVE = { whatsappEnabled: true, isActive: true };
const CONTINUES = `${SETTINGS}.continuesNumber`;

/** Returns a filter of exactly the fields of the index `webhook_lookup_idx`, which the collection's other programs use too. */
export function filterOf(number: string) {
  return { whatsappPhoneNumberIds: number, ...ACTIVE };
}

const CONNECT_MS = 3_000;
/** A delivery waits for a look-up; Meta wants its response within seconds. */
const LOOK_UP_MS = 4_000;
/** Less than the time limit of `/ready`. */
const READY_MS = 1_500;
const MAX_IDLE_MS = 60_000;
const BATCH_SIZE = 200;
/** How long the server keeps a request for changes open. */
const CHANGES_WAIT_MS = 5_000;

interface MongoDbOptions {
  readonly uri: string;
  readonly database: string;
  readonly minPoolSize: number;
  readonly maxPoolSize: number;
  readonly clock: Clock;
}

export interface MongoDbBusinesses extends BusinessLookUp {
  /** For `watchChanges`. */
  changes(resumeAfter: unknown): Promise<ChangeFeed>;
  pool(): PoolFigures;
}

/** Looks businesses up in MongoDB. Connects with the first call. Throws `Refused` for an unusable connection string. */
export function createMongoDbBusinesses(options: MongoDbOptions): MongoDbBusinesses {
  const { database, minPoolSize, maxPoolSize, clock } = options;
  const client = clientFor(options);
  const figures = watchPool(client);
  /** Whether the collection was seen with a document in it. */
  let isFilled = false;
  let isClosed = false;

  /** A client that could not connect at its first call stays closed until it is asked to connect again (driver 7). */
  async function collection(): Promise<Collection<Document>> {
    // The driver would open a closed client again.
    if (isClosed) throw new Unavailable('MongoDB: closed', { scope: 'app' });
    await client.connect();
    return client.db(database).collection(COLLECTION);
  }

  /** Resolves as the call does, or throws `Unavailable`, at the latest after the time. */
  async function within<T>(
    ms: number,
    call: (collection: Collection<Document>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ended = new AbortController();
    try {
      return await Promise.race([
        collection().then((businesses) => call(businesses, ended.signal)),
        clock.sleep(ms, ended.signal).then(() => {
          throw new Unavailable(`MongoDB: no answer within ${ms} ms`, {
            ...{ scope: 'app', alarm: 'businesses-unavailable', code: 'timeout', retryAfterMs: ms },
          });
        }),
      ]);
    } catch (error) {
      throw unavailableFrom(error);
    } finally {
      ended.abort(new Error('the call is over'));
    }
  }

  /** An empty collection is a wrong database name: the numbers of its businesses must not be taken for other people's. */
  async function checkFilled(businesses: Collection<Document>, signal: AbortSignal): Promise<void> {
    if (isFilled) return;
    const any = await businesses.findOne({}, { projection: { _id: 1 }, signal });
    if (any === null) {
      throw new Unavailable(
        `MongoDB: the collection ${COLLECTION} of the database ${database} is empty. Correct MONGODB_DB_NAME, or add a business`,
        { scope: 'app', alarm: 'businesses-unavailable', code: 'empty', retryAfterMs: CONNECT_MS },
      );
    }
    isFilled = true;
  }

  /** Two businesses that continue the one of the environment would share its people and their conversations. */
  async function checkOnlyHeir(businesses: Collection<Document>, signal: AbortSignal): Promise<void> {
    const filter = { ...ACTIVE, [CONTINUES]: { $exists: true } };
    const heirs = await businesses.find(filter, { projection: PROJECTION, limit: 2, signal }).toArray();
    if (heirs.length < 2) return;
    const owners = heirs.map((heir) => parseBusiness(heir)?.id ?? 'one with an unusable _id');
    throw unusable(
      `two active businesses continue the conversations of the environment's number: ${owners.join(' and ')}. Remove ${CONTINUES} from one of them`,
      'continues-conflict',
    );
  }

  return {
    find: (number) =>
      within(LOOK_UP_MS, async (businesses, signal) => {
        const found = await businesses
          .find(filterOf(number), { projection: PROJECTION, limit: 2, signal })
          .toArray();
        if (found.length === 0) await checkFilled(businesses, signal);
        const stored = onlyOne(found);
        if (stored?.continuesNumber === number) await checkOnlyHeir(businesses, signal);
        return stored;
      }),
    async *newest() {
      // Without `within`: the consumer takes its time between batches, and each one has the driver's time limits.
      const businesses = await collection().catch(rethrow);
      const cursor = businesses.find(ACTIVE, {
        ...{ projection: PROJECTION, sort: { createdAt: -1 }, batchSize: BATCH_SIZE },
      });
      try {
        while (await cursor.hasNext().catch(rethrow)) {
          yield cursor
            .readBufferedDocuments()
            .map(parseBusiness)
            .filter((stored) => stored !== undefined)
            // Left to the look-up, which finds out whether another business continues the same conversations.
            .filter(({ continuesNumber }) => continuesNumber === undefined);
        }
      } finally {
        await cursor.close().catch(() => {});
      }
    },
    async changes(resumeAfter) {
      const businesses = await collection();
      return businesses.watch([{ $project: EVENT_FIELDS }], {
        ...{ fullDocument: 'updateLookup', maxAwaitTimeMS: CHANGES_WAIT_MS },
        ...(resumeAfter !== undefined && { resumeAfter }),
      });
    },
    async ready() {
      await within(READY_MS, async (businesses, signal) => {
        await client.db(database).command({ ping: 1 }, { signal });
        await checkFilled(businesses, signal);
      });
    },
    async close() {
      isClosed = true;
      await client.close();
    },
    pool: () => ({ minPoolSize, maxPoolSize, ...figures() }),
  };
}

function clientFor({ uri, minPoolSize, maxPoolSize }: MongoDbOptions): MongoClient {
  try {
    return new MongoClient(uri, {
      ...{ minPoolSize, maxPoolSize, appName: 'ansari-whatsapp', retryReads: true },
      ...{
        connectTimeoutMS: CONNECT_MS,
        serverSelectionTimeoutMS: CONNECT_MS,
        waitQueueTimeoutMS: CONNECT_MS,
      },
      // Load balancers and NAT gateways drop idle connections without a word.
      maxIdleTimeMS: MAX_IDLE_MS,
    });
  } catch (error) {
    throw unusableUri(error, uri);
  }
}

/** Throws `Unavailable` for a conflict or for a document that is no business. */
function onlyOne(documents: readonly Document[]): StoredBusiness | undefined {
  const [first, second] = documents;
  if (first === undefined) return undefined;
  const stored = parseBusiness(first);
  if (second !== undefined) {
    const owners = [stored, parseBusiness(second)].map((one) => one?.id ?? 'one with an unusable _id');
    throw unusable(
      `two active businesses have the same number: ${owners.join(' and ')}. Remove it from whatsappPhoneNumberIds of one of them`,
      'number-conflict',
    );
  }
  if (stored === undefined) {
    throw unusable(
      'the _id of a business must be an ObjectId, or text of at most 64 letters, digits, - and _',
      'id-unusable',
    );
  }
  return stored;
}

function rethrow(error: unknown): never {
  throw unavailableFrom(error);
}
