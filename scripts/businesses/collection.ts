/** The collection of businesses, as the command reads and writes it. */
import { type Collection, type Document, MongoClient, type ObjectId } from 'mongodb';
import { openTokenKeys } from '../../app/businesses/encryption-keys.ts';
import type { TokenKeys } from '../../app/businesses/token-envelope.ts';
import { ConfigError } from '../../app/config.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import { MissingParameters } from '../../app/worker/parameters.ts';
import { CommandError } from '../errors.ts';
import { mongoSentence } from './mongo-errors.ts';
import { type Settings, settingsOf } from './settings.ts';

/** A document of another program: every field is checked before it is used. */
export type BusinessDocument = Document & { readonly _id: ObjectId | string };
export type BusinessCollection = Collection<BusinessDocument>;

export interface OpenBusinesses {
  readonly collection: BusinessCollection;
  readonly settings: Settings;
  /** Throws `ConfigError` or `Unavailable`. */
  keys(): Promise<TokenKeys>;
}

/** No single call of the command may wait for longer. */
const TIMEOUT_MS = 5_000;

/** Opens the database, calls `use`, and closes it. Throws `CommandError` for errors that the operator can act on. */
export async function withBusinesses<T>(
  values: { readonly stack?: string | undefined },
  use: (opened: OpenBusinesses) => Promise<T>,
): Promise<T> {
  let client: MongoClient | undefined;
  try {
    const settings = settingsOf(values);
    const { MONGODB_URI, MONGODB_DB_NAME } = await settings.database();
    client = new MongoClient(MONGODB_URI, {
      appName: 'ansari-whatsapp-businesses',
      serverSelectionTimeoutMS: TIMEOUT_MS,
      connectTimeoutMS: TIMEOUT_MS,
      socketTimeoutMS: 6 * TIMEOUT_MS,
      maxPoolSize: 5,
      writeConcern: { w: 'majority', wtimeoutMS: TIMEOUT_MS },
    });
    await client.connect();
    const collection = client.db(MONGODB_DB_NAME).collection<BusinessDocument>('businesses');
    const keys = async () => {
      const { ENCRYPTION_SECRET } = await settings.keys();
      return openTokenKeys(ENCRYPTION_SECRET, { region: settings.region });
    };
    return await use({ collection, settings, keys });
  } catch (error) {
    throw explained(error);
  } finally {
    await client?.close();
  }
}

function explained(error: unknown): unknown {
  const isExplained = [ConfigError, Unavailable, MissingParameters].some((type) => error instanceof type);
  const sentence = isExplained && error instanceof Error ? error.message : mongoSentence(error);
  return sentence === undefined ? error : new CommandError(sentence, { cause: error });
}
