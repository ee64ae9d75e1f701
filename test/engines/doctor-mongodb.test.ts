/** What `npm run doctor` says about a database of businesses, over a real server. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { type Collection, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkMongoDb, type MongoTarget } from '#infra/cli/doctor/mongodb.ts';
import { canRun } from './needs.ts';

const URI = process.env.MONGODB_URI ?? '';
const missing = URI === '' ? ['no MONGODB_URI'] : [];
const INDEXES = {
  webhook_lookup_idx: { whatsappPhoneNumberIds: 1, whatsappEnabled: 1, isActive: 1 },
  subdomain_lookup_idx: { subDomain: 1, isActive: 1 },
  active_whatsapp_businesses_idx: { whatsappEnabled: 1, isActive: 1, createdAt: -1 },
} as const;

describe.skipIf(!canRun('mongodb', missing))('doctor and MongoDB', () => {
  const database = `doctor-${randomUUID().slice(0, 8)}`;
  const client = new MongoClient(URI === '' ? 'mongodb://localhost' : URI);
  let collection: Collection;
  beforeAll(() => client.connect());
  beforeEach(async () => {
    await client.db(database).dropDatabase();
    collection = client.db(database).collection('businesses');
  });
  afterAll(async () => {
    await client.db(database).dropDatabase();
    await client.close();
  });

  const check = (more: Partial<MongoTarget> = {}) =>
    checkMongoDb({
      stack: 'staging',
      uri: URI,
      database,
      keyIds: ['k1'],
      ownNumber: undefined,
      isUsed: true,
      now: Date.now(),
      ...more,
    });
  const outcomes = async (...args: Parameters<typeof check>) =>
    (await check(...args)).map(({ name, outcome }) => `${name} ${outcome}`);
  const createIndexes = async (names: readonly (keyof typeof INDEXES)[]) => {
    for (const name of names) await collection.createIndex(INDEXES[name], { name });
  };
  const business = (number: string, token: string) => ({
    _id: new ObjectId(),
    whatsappPhoneNumberIds: [number],
    whatsappEnabled: true,
    isActive: true,
    whatsappAccessToken: token,
  });
  const sealed = 'v1.k1.aXYtb2YtYS10ZXN0.dGFnLW9mLWEtdGVzdA.Y2lwaGVydGV4dA';

  it('finds nothing in an empty database, and names the commands', async () => {
    const findings = await check();
    expect(findings.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'mongodb good',
      ...['indexes bad', 'indexes bad', 'indexes bad'],
      'businesses bad',
    ]);
    expect(findings[1]?.fix).toBe('npm run businesses -- indexes --stack staging');
  });

  it('is good when indexes and businesses are', async () => {
    await createIndexes(['webhook_lookup_idx', 'subdomain_lookup_idx', 'active_whatsapp_businesses_idx']);
    await collection.insertMany([business('1', sealed), business('2', sealed)]);
    expect(await outcomes()).toEqual([
      'mongodb good',
      'indexes good',
      'businesses good',
      'business tokens good',
    ]);
  });

  it('tells an index with other fields from one that serves under another name', async () => {
    await createIndexes(['subdomain_lookup_idx']);
    await collection.createIndex({ whatsappPhoneNumberIds: 1 }, { name: 'webhook_lookup_idx' });
    await collection.createIndex(INDEXES.active_whatsapp_businesses_idx, { name: 'active_businesses_idx' });
    const indexes = (await check()).filter(({ name }) => name === 'indexes');
    expect(indexes.map(({ message }) => message)).toEqual([
      'webhook_lookup_idx has other fields: whatsappPhoneNumberIds 1',
    ]);
    expect(indexes[0]?.fix).toContain("dropIndex('webhook_lookup_idx')");
  });

  it('names businesses with one number by their ids, as a look-up would find them', async () => {
    const two = [business('104711', sealed), business('104711', 'a token in the clear')];
    await collection.insertMany(two);
    const findings = await check();
    const ids = two.map(({ _id }) => _id.toHexString()).sort();
    expect(findings.find(({ name }) => name === 'conflict')?.message).toBe(
      `${ids.join(' and ')} have the same number`,
    );
    expect(findings.find(({ name }) => name === 'business tokens')?.outcome).toBe('bad');
    expect(JSON.stringify(findings)).not.toMatch(/104711|in the clear/);
  });

  it('says that a database which is not reached from here may be reached in AWS', async () => {
    const closed = await closedPort();
    const [finding, ...others] = await check({
      uri: `mongodb://user:hush@127.0.0.1:${closed}/?serverSelectionTimeoutMS=300`,
    });
    expect(finding).toMatchObject({ name: 'mongodb', outcome: 'warning' });
    expect(finding?.message).toContain('AWS may reach it all the same');
    expect(others).toEqual([]);
    expect(JSON.stringify(finding)).not.toContain('hush');
  });

  it.each(['mongodb://', 'mongodb://u:p@h/?tls=perhaps', 'mongodb://u:p@h/?readPreference=hush', 'http://h'])(
    'does not repeat a connection string that the driver refuses: %s',
    async (uri) => {
      const [finding] = await check({ uri });
      expect(finding).toMatchObject({
        name: 'mongodb',
        outcome: 'bad',
        message: expect.stringContaining('does not take MONGODB_URI'),
      });
      expect(JSON.stringify(finding)).not.toContain('hush');
    },
  );
});

/** A port of this machine on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
