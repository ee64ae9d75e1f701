import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { isolationContract } from '../../contracts/isolation.ts';
import { REGION, startDynamoDb } from '../../fakes/dynamodb.ts';

const dynamoDb = await startDynamoDb();
const newId = randomUUID;
const storiesOr = (count: number) => Number(process.env.STORIES ?? count);

isolationContract({
  name: 'memory',
  open: async (clock) => createMemoryStore({ clock, newId }),
  stories: storiesOr(150),
});
// In memory too, so that the stories do not wait for the disk: durability is proven elsewhere.
isolationContract({
  name: 'sqlite',
  open: (clock) => openSqliteStore({ path: ':memory:', clock, newId }),
  stories: storiesOr(20),
});
isolationContract({
  name: 'dynamodb',
  open: async (clock) =>
    createDynamoDbStore({
      ...(await dynamoDb.tables()),
      ...{ region: REGION, client: dynamoDb.client(), clock, newId },
    }),
  stories: storiesOr(5),
});
