/** The registry of businesses over a real server: MongoDB, or another one that speaks its protocol. */
import { ObjectId } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMongoDbBusinesses, filterOf } from '#app/businesses/mongodb.ts';
import { isUnusable } from '#app/businesses/unusable.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { realClock } from '../fakes/real-clock.ts';
import { documentOf, hasMongoDb, openDatabase } from './mongodb/database.ts';

const INDEX = { whatsappPhoneNumberIds: 1, whatsappEnabled: 1, isActive: 1 } as const;

async function scene(documents = [documentOf('a', ['1', '2']), documentOf('b', ['3'])]) {
  const database = await openDatabase();
  if (documents.length > 0) await database.collection.insertMany(documents);
  const open = (name = database.name) => {
    const businesses = createMongoDbBusinesses({
      ...{ uri: database.uri, database: name, minPoolSize: 2, maxPoolSize: 5, clock: realClock },
    });
    onTestFinished(() => businesses.close());
    return businesses;
  };
  return { ...database, open };
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    (value) => Promise.reject(new Error(`did not fail: ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  );

describe.skipIf(!hasMongoDb)('a look-up in MongoDB', () => {
  it('finds the active business of a number, with what is stored of it', async () => {
    const { open } = await scene();
    expect(await open().find('2')).toMatchObject({
      ...{ id: 'a', name: 'Business a', numbers: ['1', '2'], isServed: true, problems: [] },
      accessToken: expect.stringMatching(/^v1\.k1\./),
    });
  });

  it('finds none for an unknown number, and none that is not active or not enabled', async () => {
    const { open } = await scene([
      documentOf('a', ['1'], { isActive: false }),
      documentOf('b', ['2'], { whatsappEnabled: false }),
      documentOf('c', ['3'], { isActive: 'true' }),
    ]);
    const businesses = open();
    for (const number of ['1', '2', '3', '4', '', '$gt'])
      expect(await businesses.find(number)).toBeUndefined();
  });

  it('refuses a number that two active businesses have, until one of them has it no longer', async () => {
    const { open, collection } = await scene([
      documentOf('a', ['1', '2']),
      documentOf('b', ['2']),
      documentOf('c', ['1'], { isActive: false }),
    ]);
    const businesses = open();
    expect(await businesses.find('1')).toMatchObject({ id: 'a' });
    const failure = await failureOf(businesses.find('2'));
    expect(failure).toMatchObject({ alarm: 'business-unusable', scope: 'number', code: 'number-conflict' });
    expect(isUnusable(failure)).toBe(true);
    expect(String(failure)).toMatch(/a and b|b and a/);
    await collection.updateOne({ _id: 'b' as never }, { $set: { whatsappPhoneNumberIds: [] } });
    expect(await businesses.find('2')).toMatchObject({ id: 'a' });
  });

  it('refuses a number that continues the environment’s business beside another one that does', async () => {
    const { open, collection } = await scene([
      documentOf('a', ['1', '3'], { whatsappService: { continuesNumber: '1' } }),
      documentOf('b', ['2'], { whatsappService: { continuesNumber: '2' } }),
    ]);
    const businesses = open();
    for (const number of ['1', '2']) {
      const failure = await failureOf(businesses.find(number));
      expect(failure).toMatchObject({ alarm: 'business-unusable', code: 'continues-conflict' });
    }
    expect(await businesses.find('3')).toMatchObject({ id: 'a' });
    for await (const batch of businesses.newest()) expect(batch).toEqual([]);
    await collection.updateOne({ _id: 'b' as never }, { $set: { isActive: false } });
    expect(await businesses.find('1')).toMatchObject({ id: 'a' });
  });

  it.each([
    ['an _id that is a number', { _id: 17 }],
    ['an _id with a separator of our keys', { _id: 'a~b' }],
    ['the _id of the environment’s business', { _id: 'env' }],
  ])('refuses %s: the number is not taken for somebody else’s', async (_, wrong) => {
    const { open } = await scene([documentOf('a', ['1'], wrong)]);
    expect(await failureOf(open().find('1'))).toMatchObject({ alarm: 'business-unusable' });
  });

  it('finds a document whose other fields are wrong, with its problems', async () => {
    const { open } = await scene([
      documentOf('a', ['1', 2, null], { name: 7, whatsappAccessToken: ['x'], whatsappService: 'none' }),
      documentOf('b', '3'),
    ]);
    const businesses = open();
    const found = await businesses.find('1');
    expect(found).toMatchObject({ id: 'a', numbers: ['1'] });
    expect(found?.problems.length).toBeGreaterThan(3);
    expect(await businesses.find('3')).toMatchObject({ id: 'b', numbers: ['3'] });
  });

  it('has the hex digits of an ObjectId for an id', async () => {
    const _id = new ObjectId();
    const { open } = await scene([documentOf('a', ['1'], { _id })]);
    expect(await open().find('1')).toMatchObject({ id: _id.toHexString() });
  });

  it('asks with the fields of the index, and with no other', async () => {
    const { collection } = await scene();
    expect(Object.keys(filterOf('1'))).toEqual(Object.keys(INDEX));
    await collection.createIndex(INDEX, { name: 'webhook_lookup_idx' });
    const plan = JSON.stringify(await collection.find(filterOf('1')).explain());
    // FerretDB says that it scans, whatever indexes there are.
    if (!plan.includes('ferretdb')) expect(plan).toMatch(/"IXSCAN".*"webhook_lookup_idx"/);
  });

  it('takes an empty collection for a wrong database name, and no number for somebody else’s', async () => {
    const { open, collection } = await scene([]);
    const businesses = open();
    for (const call of [() => businesses.find('1'), () => businesses.ready()]) {
      const failure = await failureOf(call());
      expect(failure).toBeInstanceOf(Unavailable);
      expect(failure).toMatchObject({ code: 'empty', alarm: 'businesses-unavailable' });
      expect(String(failure)).toMatch(/MONGODB_DB_NAME/);
    }
    await collection.insertOne(documentOf('a', ['1']));
    expect(await businesses.find('1')).toMatchObject({ id: 'a' });
    await businesses.ready();
    expect(await businesses.find('2')).toBeUndefined();
  });

  it('reads all active businesses in batches, the newest first', async () => {
    const at = (createdAt: number) => ({ createdAt: new Date(createdAt) });
    const { open } = await scene([
      ...Array.from({ length: 450 }, (_, index) => documentOf(`b${index}`, [`1${index}`], at(index))),
      documentOf('off', ['9'], { isActive: false, ...at(1_000) }),
      documentOf('a', ['8'], { _id: 17, ...at(2_000) }),
    ]);
    const sizes: number[] = [];
    const ids: string[] = [];
    for await (const batch of open().newest()) {
      sizes.push(batch.length);
      ids.push(...batch.map(({ id }) => id));
    }
    expect(ids).toEqual(Array.from({ length: 450 }, (_, index) => `b${449 - index}`));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
  });

  it('tells its connections', async () => {
    const { open, kill } = await scene();
    const businesses = open();
    expect(businesses.pool()).toEqual({ minPoolSize: 2, maxPoolSize: 5, inUse: 0, available: 0 });
    await Promise.all(Array.from({ length: 50 }, () => businesses.find('1')));
    const { inUse, available } = businesses.pool();
    expect(inUse).toBe(0);
    expect(available).toBeGreaterThanOrEqual(1);
    expect(available).toBeLessThanOrEqual(5);
    const call = businesses.find('1');
    await expect.poll(() => businesses.pool().inUse).toBeLessThanOrEqual(1);
    await call;
    kill();
    await expect.poll(() => businesses.pool()).toMatchObject({ inUse: 0, available: 0 });
  });
});

describe.skipIf(!hasMongoDb)('a MongoDB that fails', () => {
  it('at the start is found when it comes', async () => {
    const { open, kill, restart } = await scene();
    kill();
    const businesses = open();
    const failure = await failureOf(businesses.find('1'));
    expect(failure).toBeInstanceOf(Unavailable);
    expect(failure).toMatchObject({ scope: 'app', alarm: 'businesses-unavailable' });
    expect(isUnusable(failure)).toBe(false);
    restart();
    expect(await businesses.find('1')).toMatchObject({ id: 'a' });
    await businesses.ready();
  });

  it('in between is found again', async () => {
    const { open, kill, restart } = await scene();
    const businesses = open();
    await businesses.find('1');
    kill();
    expect(await failureOf(businesses.find('1'))).toMatchObject({ scope: 'app' });
    expect(await failureOf(businesses.ready())).toMatchObject({ scope: 'app' });
    restart();
    await expect.poll(() => businesses.find('3').catch(() => undefined)).toMatchObject({ id: 'b' });
  });

  it('by saying nothing is waited for within a bound', async () => {
    const { open, silence } = await scene();
    const businesses = open();
    await businesses.find('1');
    silence();
    const startedAt = performance.now();
    expect(await failureOf(businesses.find('1'))).toBeInstanceOf(Unavailable);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    const closingAt = performance.now();
    await businesses.close();
    expect(performance.now() - closingAt).toBeLessThan(6_000);
  });

  it('says nothing of the connection string in its failures', async () => {
    const { kill, uri, name } = await scene();
    kill();
    const secret = new URL(uri);
    [secret.username, secret.password] = ['ansari', 'hushed-password'];
    const businesses = createMongoDbBusinesses({
      ...{ uri: secret.href, database: name, minPoolSize: 0, maxPoolSize: 5, clock: realClock },
    });
    onTestFinished(() => businesses.close());
    const failure = await failureOf(businesses.find('1'));
    expect(String(failure)).toBe('Unavailable: MongoDB: no server of MONGODB_URI can be reached');
    for (let error: unknown = failure; error instanceof Error; error = error.cause)
      expect(error.message + error.stack).not.toContain('hushed-password');
  });

  it('has no changes to watch where it has no change streams', async () => {
    const { open, collection } = await scene();
    const feed = await open().changes(undefined);
    const event = feed.tryNext().finally(() => feed.close());
    const outcome = await event.then(
      () => 'watched',
      (error) => Number(error.code),
    );
    // A replica set has them; a standalone server and FerretDB do not.
    expect([40573, 238, 'watched']).toContain(outcome);
    expect(await collection.countDocuments()).toBe(2);
  });
});
