import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { crashContract } from '../../../contracts/crashes.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { failingAtWrite } from '../../../fakes/failing-client.ts';

const dynamoDb = await startDynamoDb();

for (const [scenario, step] of [['answered', 4] as const, ['failed', 11] as const]) {
  crashContract({
    name: 'dynamodb',
    faults: ['after'],
    scenarios: [scenario],
    step,
    open: async (clock, n, fault) => {
      const common = { ...(await dynamoDb.tables()), region: REGION, clock, newId: randomUUID };
      const failing = failingAtWrite(dynamoDb.client(), n, fault);
      return {
        crashing: createDynamoDbStore({ ...common, client: failing.client }),
        next: createDynamoDbStore({ ...common, client: dynamoDb.client() }),
        hasFailed: failing.hasFailed,
      };
    },
  });
}
