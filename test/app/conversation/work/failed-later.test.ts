import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { failedPartsContract } from '../../../contracts/failed-parts.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';

const dynamoDb = await startDynamoDb();
const newId = randomUUID;

failedPartsContract({ name: 'memory', open: async (clock) => createMemoryStore({ clock, newId }) });
// In memory too, so that the tests do not wait for the disk: durability is proven elsewhere.
failedPartsContract({ name: 'sqlite', open: (clock) => openSqliteStore({ path: ':memory:', clock, newId }) });
failedPartsContract({
  name: 'dynamodb',
  open: async (clock) =>
    createDynamoDbStore({
      ...(await dynamoDb.tables()),
      ...{ region: REGION, client: dynamoDb.client(), clock, newId },
    }),
});
