import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { crashContract } from '../../../contracts/crashes.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { failingAtWrite } from '../../../fakes/failing-client.ts';

const dynamoDb = await startDynamoDb();

for (const [story, step] of [['answered', 4] as const, ['failed', 11] as const]) {
  crashContract({
    name: 'dynamodb',
    faults: ['after'],
    stories: [story],
    step,
    open: async (clock, n, fault) => {
      const common = { ...(await dynamoDb.tables()), region: REGION, clock, newId: randomUUID };
      const doomed = failingAtWrite(dynamoDb.client(), n, fault);
      return {
        dying: createDynamoDbStore({ ...common, client: doomed.client }),
        next: createDynamoDbStore({ ...common, client: dynamoDb.client() }),
        hit: doomed.hit,
      };
    },
  });
}
