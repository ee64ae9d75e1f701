import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { createTokenKeys } from '../../../app/businesses/token-envelope.ts';
import { INDEXES } from '../../businesses/index-definitions.ts';
import { numberOf, tokenOf } from './world.ts';

/** A registry in a database of its own. */
export interface Registry {
  readonly name: string;
  /** The value of `ENCRYPTION_SECRET`. */
  readonly encryptionSecret: string;
  /** Deletes the database. */
  drop(): Promise<void>;
}

/** Stores `count` businesses, with a number and an encrypted token each, and the indexes of the look-up. */
export async function seedRegistry(uri: string, count: number): Promise<Registry> {
  const client = await new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 }).connect();
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const key = randomBytes(32);
  const keys = createTokenKeys([{ id: 'bench', key }]);
  const collection = client.db(name).collection<{ _id: string }>('businesses');
  for (const [name, keys] of Object.entries(INDEXES)) await collection.createIndex(keys, { name });
  await collection.insertMany(
    Array.from({ length: count }, (_, index) => {
      const id = `business-${index}`;
      return {
        _id: id,
        name: `Business ${index}`,
        subDomain: id,
        wabaId: String(index),
        whatsappPhoneNumberIds: [numberOf(index)],
        whatsappAccessToken: keys.seal(id, tokenOf(index)),
        whatsappEnabled: true,
        isActive: true,
        createdAt: new Date(),
      };
    }),
  );
  return {
    name,
    encryptionSecret: `bench:${key.toString('base64')}`,
    async drop() {
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
