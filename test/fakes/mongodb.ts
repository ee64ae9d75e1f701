import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { afterAll } from 'vitest';

export interface TestDatabase {
  readonly name: string;
  readonly db: Db;
}

/** Opens a new empty database on the server of the address. It is dropped at the end: of the test file, or of the test. */
export async function testDatabase(
  uri: string,
  atEnd: (drop: () => Promise<void>) => void = afterAll,
): Promise<TestDatabase> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 5_000 });
  const name = `ansari_test_${randomBytes(6).toString('hex')}`;
  const db = client.db(name);
  atEnd(async () => {
    await db.dropDatabase();
    await client.close();
  });
  return { name, db };
}
