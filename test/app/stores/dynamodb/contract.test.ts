import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { storeContract } from '../../../contracts/store.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';

const dynamoDb = await startDynamoDb();

storeContract({
  name: 'dynamodb',
  open: async (clock) =>
    createDynamoDbStore({
      ...(await dynamoDb.tables()),
      region: REGION,
      client: dynamoDb.client(),
      clock,
      newId: randomUUID,
    }),
  moves: 5,
});
