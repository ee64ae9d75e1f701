/** What operators do with the businesses of a running service. */
import { expect, it, onTestFinished } from 'vitest';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { startApp } from '../fakes/running-app.ts';
import { documentOf, hasMongoDb, KEY_TEXT, openDatabase } from './mongodb/database.ts';

async function startService(more: Readonly<Record<string, string>> = {}) {
  const database = await openDatabase();
  await database.collection.insertMany([documentOf('a', ['1']), documentOf('b', ['2', '3'])]);
  const app = await startApp({
    ...{ BUSINESSES: 'mongodb', MONGODB_URI: database.uri, MONGODB_DB_NAME: database.name },
    ...{ ENCRYPTION_SECRET: KEY_TEXT, ADMIN_TOKEN: 'admin-token', WARMUP_CACHE: 'false' },
    ...{ ASSISTANT: 'echo', MOCK_META_API: 'true', BATCH_WINDOW_SECONDS: '0', ...more },
  });
  onTestFinished(async () => {
    await app.close();
  });
  let count = 0;
  return {
    ...database,
    /** Resolves to the status of a delivery of a new message. */
    async write(number: string) {
      count += 1;
      return (await deliver(app.url, textDelivery(`wamid.${count}`, { number }))).status;
    },
    async operate(method: string, path: string, token = 'admin-token') {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${app.url}/admin/cache/${path}`, { method, headers });
      return [response.status, ((await response.json()) as { message: string }).message];
    },
    async figures() {
      const response = await fetch(`${app.url}/metrics`, { headers: { accept: 'application/json' } });
      return (await response.json()) as Record<string, Record<string, number>>;
    },
    async metrics() {
      return (await fetch(`${app.url}/metrics`)).text();
    },
    close: () => app.close(),
  };
}

const FOREIGN = 'ansari_whatsapp_messages_total{kind="text",acceptance="foreign"} ';

it.skipIf(!hasMongoDb)('operators load, remove and clear businesses, and see the figures', async () => {
  const { collection, write, operate, figures, metrics } = await startService();
  expect(await operate('POST', 'warmup')).toEqual([200, '3 businesses remembered']);
  expect([await write('1'), await write('2'), await write('9')]).toEqual([200, 200, 200]);
  expect(await metrics()).toContain(`${FOREIGN}1\n`);
  const page = await metrics();
  expect(page).toMatch(/^ansari_whatsapp_business_cache_hits_total [1-9]/m);
  expect(page).toMatch(/^ansari_whatsapp_business_cache_size 3$/m);
  expect(page).toMatch(/^ansari_whatsapp_mongodb_connections\{state="available"\} [1-9]/m);
  expect(await figures()).toMatchObject({
    cache: { size: 3, max_size: 1000, ttl_seconds: 300, misses: 1, stale: 0, evictions: 0, failures: 0 },
    connection_pool: { max_pool_size: 100, min_pool_size: 10, in_use: 0 },
  });

  // A change is seen after a removal, where the server does not tell it.
  await collection.updateOne({ subDomain: 'a' }, { $set: { isActive: false } });
  expect(await operate('DELETE', '1')).toEqual([200, 'forgotten']);
  expect(await write('1')).toBe(200);
  expect(await metrics()).toContain(`${FOREIGN}2\n`);
  // The number of no business is remembered too.
  await collection.updateOne({ subDomain: 'a' }, { $set: { isActive: true } });
  expect(await operate('POST', 'clear')).toEqual([200, '2 businesses forgotten']);
  expect(await write('1')).toBe(200);
  expect(await metrics()).toContain(`${FOREIGN}2\n`);
  expect(await operate('DELETE', '8')).toEqual([200, 'was not remembered']);
  expect(await operate('POST', 'clear', 'wrong')).toEqual([401, 'the admin token is missing or wrong']);
  for (let calls = 0; calls < 4; calls += 1) await operate('POST', 'clear');
  expect((await operate('POST', 'clear'))[0]).toBe(429);
});

it.skipIf(!hasMongoDb)(
  'a number of two businesses is not accepted until an operator has decided',
  async () => {
    const { collection, write, operate, metrics } = await startService();
    await collection.insertOne(documentOf('c', ['1']));
    expect([await write('1'), await write('2')]).toEqual([503, 200]);
    expect(await metrics()).not.toContain(FOREIGN);
    await collection.deleteOne({ subDomain: 'c' });
    await operate('DELETE', '1');
    expect(await write('1')).toBe(200);
  },
);

it.skipIf(!hasMongoDb)(
  'businesses are loaded at the start, and SIGTERM ends the service while MongoDB is silent',
  async () => {
    const { figures, silence, close, write } = await startService({ WARMUP_CACHE: 'true' });
    await expect.poll(async () => (await figures()).cache?.size).toBe(3);
    expect(await write('1')).toBe(200);
    silence();
    const startedAt = performance.now();
    expect(await close()).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  },
);
