import { randomUUID } from 'node:crypto';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { crashContract } from '../contracts/crashes.ts';
import { isolationContract } from '../contracts/isolation.ts';
import { storeContract } from '../contracts/store.ts';
import { REGION, startDynamoDb } from '../fakes/dynamodb.ts';
import { failingAtWrite } from '../fakes/failing-client.ts';
import { canRun } from './needs.ts';

/** DynamoDB Local or the tables of an account, when the environment names them. */
const endpointUrl = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? process.env.AWS_ENDPOINT_URL;
const name = `dynamodb (${endpointUrl ?? 'dynalite'})`;
canRun('dynamodb', endpointUrl === undefined ? ['no AWS_ENDPOINT_URL_DYNAMODB; dynalite stands in'] : []);

const dynamoDb = await startDynamoDb(endpointUrl);

storeContract({
  name,
  open: async (clock) =>
    createDynamoDbStore({
      ...(await dynamoDb.tables()),
      region: REGION,
      client: dynamoDb.client(),
      clock,
      newId: randomUUID,
    }),
});

isolationContract({
  name,
  open: async (clock) =>
    createDynamoDbStore({
      ...(await dynamoDb.tables()),
      ...{ region: REGION, client: dynamoDb.client(), clock, newId: randomUUID },
    }),
  // Each takes seconds on the real engine.
  stories: Number(process.env.STORIES ?? 3),
});

crashContract({
  name,
  faults: ['before', 'after', 'response-lost'],
  scenarios: ['answered', 'refused', 'failed'],
  // Every second write: each takes a second on the real engine. CRASH_STEP=1 tests all of them.
  step: Number(process.env.CRASH_STEP ?? 2),
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
